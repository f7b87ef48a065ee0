import { existsSync } from 'node:fs';
import net, { type Server } from 'node:net';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { osErrorOf } from '../util/os_error_of';
import { resolveHost } from './resolve_host';
import type { Address, Place } from './socket_address';

const { EACCES, EADDRINUSE, ENOENT } = constants.errno;

/** A socket of node that is bound and does not listen yet. */
interface Handle {
  getsockname(into: object): number;
  close(): void;
}

/** What node's cluster binds sockets with; in the place of a handle the number of an error, below 0. */
const { _createServerHandle: makeHandle } = net as unknown as {
  readonly _createServerHandle: (address: string, port: number, type: 4 | 6 | -1) => Handle | number;
};

/** What finds that a peer is gone without a word, in milliseconds. */
export const KEEP_ALIVE = 60_000;

/**
 * A server that listens, at once: `listen` of `node:net` first asks for the address of the host, and binds later, but
 * Python's listener has its port, or its error, when it is made.
 *
 * @throws OSError when the place cannot be had.
 */
export function openServer(
  place: Place,
  backlog: number,
): { readonly server: Server; readonly address: Address } {
  const server = net.createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
  });
  // What goes wrong later: who listens to it comes when this is done.
  server.on('error', () => undefined);
  if (place.family === 'AF_UNIX') {
    const { path } = place;
    server.listen({ path, backlog, exclusive: true });
    if (!server.listening) throw reasonFor(path);
  } else {
    server.listen(bindTo(place.host, place.port, place.family === 'AF_INET' ? 4 : 6), backlog);
    // Since it was bound, another has begun to listen there.
    if (!server.listening) throw osErrorOf(EADDRINUSE);
  }
  server.unref();
  const bound = server.address();
  if (place.family === 'AF_UNIX' || bound === null || typeof bound === 'string') {
    return { server, address: (place as { path: string }).path };
  }
  return { server, address: [bound.address, bound.port] };
}

function bindTo(host: string, port: number, type: 4 | 6): Handle {
  const handle = makeHandle(resolveHost(host, type), port, type);
  if (typeof handle === 'number') throw osErrorOf(-handle);
  // That the port is taken is said by the next call only.
  const errno = handle.getsockname({});
  if (errno === 0) return handle;
  handle.close();
  throw osErrorOf(-errno);
}

/** Why nobody can listen at this path. */
function reasonFor(path: string): Error {
  const handle = makeHandle(path, -1, -1);
  if (typeof handle !== 'number') {
    handle.close();
    return osErrorOf(EADDRINUSE);
  }
  // Node says the same of a directory that is not there as of one that nobody may write.
  const errno = -handle === EACCES && !existsSync(dirname(path)) ? ENOENT : -handle;
  return osErrorOf(errno);
}
