import { Connection } from './connection';
import type { SocketChannel } from './socket_channel';

/** Connections that are dropped are closed, as in Python. */
const dropped = new FinalizationRegistry<SocketChannel>((channel) => {
  channel.close();
});

export function connectionOver(channel: SocketChannel): Connection {
  const connection = new Connection(channel);
  dropped.register(connection, channel);
  return connection;
}
