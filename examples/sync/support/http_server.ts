import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Process, Queue } from 'multiprocessing-ts/sync';

/**
 * An HTTP server on loopback, at a free port, in a process of its own: the event loop of this one stands still while a
 * call blocks. It answers `/get?a=1` with `{"args": {"a": "1"}}`, and any other path with a text. It ends with the
 * program.
 */
export function serve(): number {
  const ports = new Queue<number>();
  new Process({ target: listen, args: [ports], daemon: true }).start();
  return ports.get();
}

function listen(ports: Queue<number>) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === '/get') response.end(JSON.stringify({ args: Object.fromEntries(searchParams) }));
    else response.end(`this is ${pathname}`);
  });
  server.listen(0, '127.0.0.1', () => {
    ports.put((server.address() as AddressInfo).port);
  });
  // A process ends when its function does.
  return new Promise(() => undefined);
}
