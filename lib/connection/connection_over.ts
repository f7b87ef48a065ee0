import type { ConnectionCore } from './connection_core';
import type { SocketChannel } from './socket_channel';

/** Connections that are dropped are closed, as in Python. */
const dropped = new FinalizationRegistry<SocketChannel>((channel) => {
  channel.close();
});

/** @param Class - that of a facade. */
export function connectionOver<C extends ConnectionCore>(
  Class: new (channel: SocketChannel) => C,
  channel: SocketChannel,
): C {
  const connection = new Class(channel);
  dropped.register(connection, channel);
  return connection;
}
