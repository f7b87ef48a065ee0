import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An HTTP server on loopback, at a free port. It answers `/get?a=1` with `{"args": {"a": "1"}}`, and any other path with
 * a text. It ends with the program, which does not stay for it.
 */
export async function serve() {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    // A connection that is kept would keep the program.
    response.setHeader('connection', 'close');
    if (pathname === '/get') response.end(JSON.stringify({ args: Object.fromEntries(searchParams) }));
    else response.end(`this is ${pathname}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { port, close: () => void server.close() };
}
