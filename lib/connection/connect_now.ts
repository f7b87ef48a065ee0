import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { addInlet, block, POLLOUT, removeInlet, type Inlet } from '../engine/blocking';
import { libc } from '../native/libc';
import { osErrorOf } from '../util/os_error_of';
import { now } from '../util/timers';
import { KEEP_ALIVE } from './open_server';
import { resolveHost } from './resolve_host';
import type { Place } from './socket_address';
import { socketOf } from './socket_channel';

const { EAGAIN, EINPROGRESS, EINTR, ETIMEDOUT } = constants.errno;

/** Of Linux. */
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;

/** How often somebody is asked whose queue is full, in seconds: at first, and later. */
const SOON = 0.001;
const LATER = 0.05;

/**
 * Connects without the event loop, blocking this thread.
 *
 * @throws OSError when there is no way to it, or it cannot be reached in time.
 */
export function connectNow(place: Place, deadline: number): Socket {
  const c = libc();
  const { domain, address } = addressOf(place);
  const fd = c.socket(domain);
  if (fd < 0) throw osErrorOf(-fd);
  try {
    for (let pause = SOON; ; pause = Math.min(2 * pause, LATER)) {
      let errno = -c.connect(fd, address);
      if (errno === EINPROGRESS || errno === EINTR) {
        waitUntilConnected(fd, deadline);
        errno = c.socketError(fd);
      }
      if (errno === 0) break;
      // The queue of a path is full.
      if (errno !== EAGAIN || now() > deadline) throw osErrorOf(errno);
      block(() => false, pause);
    }
  } catch (error) {
    c.close(fd);
    throw error;
  }
  const socket = socketOf(fd);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE);
  return socket;
}

function waitUntilConnected(fd: number, deadline: number): void {
  let isDone = false;
  const inlet: Inlet = {
    arm(polls) {
      polls.add(fd, POLLOUT, () => {
        isDone = true;
      });
    },
  };
  addInlet(inlet);
  try {
    if (block(() => isDone, deadline === Infinity ? null : (deadline - now()) / 1000)) return;
  } finally {
    removeInlet(inlet);
  }
  throw osErrorOf(ETIMEDOUT);
}

/** Its `struct sockaddr`. */
function addressOf(place: Place): { readonly domain: number; readonly address: Uint8Array } {
  if (place.family === 'AF_UNIX') {
    const address = Buffer.concat([Buffer.alloc(2), Buffer.from(place.path), Buffer.alloc(1)]);
    return { domain: AF_UNIX, address: withFamily(address, AF_UNIX) };
  }
  const isShort = place.family === 'AF_INET';
  const host = resolveHost(place.host || 'localhost', isShort ? 4 : 6);
  const domain = isShort ? AF_INET : AF_INET6;
  const address = Buffer.alloc(isShort ? 16 : 28);
  address.writeUInt16BE(place.port, 2);
  address.set(isShort ? host.split('.').map(Number) : bytesOf6(host), isShort ? 4 : 8);
  return { domain, address: withFamily(address, domain) };
}

function withFamily(address: Buffer, family: number): Buffer {
  address.writeUInt16LE(family, 0);
  return address;
}

/** The 16 bytes of an IPv6 address. */
function bytesOf6(host: string): number[] {
  const [head = '', tail] = host.replace(/%.*$/, '').split('::');
  const groups = (text: string): number[] =>
    text === ''
      ? []
      : text
          .split(':')
          .flatMap((group) =>
            group.includes('.')
              ? group.split('.').map(Number)
              : [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff],
          );
  const before = groups(head);
  if (tail === undefined) return before;
  const after = groups(tail);
  return [...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after];
}
