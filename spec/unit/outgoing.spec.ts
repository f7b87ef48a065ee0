import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { Outgoing } from '../../lib/engine/outgoing';

test('a piece of more than 2 GiB is written bit by bit', async () => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const arriving = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect((server.address() as AddressInfo).port);
  const [other] = await arriving;
  await once(socket, 'ready');

  const failed = jest.fn();
  const outgoing = new Outgoing(
    socket,
    (each) => each.on('error', () => undefined),
    () => undefined,
    { failed },
  );
  // Nobody has written there: it takes no memory.
  const length = 2 ** 31 + 16;
  outgoing.write([new Uint8Array(length)]);
  const [first] = (await once(other, 'data')) as [Buffer];
  expect(first.length).toBeGreaterThan(0);
  expect(failed).not.toHaveBeenCalled();
  expect(outgoing.size).toBeGreaterThan(2 ** 30);
  expect(outgoing.size).toBeLessThan(length);

  outgoing.destroy();
  other.destroy();
  server.close();
  await once(server, 'close');
});
