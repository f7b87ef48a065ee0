import type { Server, Socket } from 'node:net';
import { AuthenticationError, OSError } from '../errors';
import { Deque } from '../util/deque';
import { clearTimeout, setTimeout } from '../util/timers';
import { picklerFor, type Codec } from './codec';
import type { Connection } from './connection';
import { shakeHands } from './handshake';
import { connectionOver } from './connection_over';
import type { Address } from './socket_address';
import { SocketChannel } from './socket_channel';
import { socketError } from './socket_error';

/** So many may wait to be accepted, those in the middle of the handshake included. */
const MOST = 1024;
/** So many failures are remembered for who accepts next. */
const MOST_FAILURES = 64;

/** What a timer can take at most, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface AcceptorOptions {
  readonly key: Uint8Array | null;
  /** Seconds that the handshake may take; `null` for ever. */
  readonly timeout: number | null;
  readonly longest: number;
  readonly codec: Codec | null;
}

/** What has come of somebody who connected. */
export type Arrival =
  | { readonly connection: Connection; readonly from: Address | null }
  | { readonly error: Error; readonly from: Address | null };

interface Waiter {
  readonly resolve: (arrival: Arrival) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Takes whoever connects to a server, and authenticates all of them at once: who is slow, silent or lying keeps nobody
 * else waiting. Who has shown its key waits here for `accept`; who has not in time is dropped.
 */
export class Acceptor {
  readonly #server: Server;
  readonly #options: AcceptorOptions;
  readonly #arrivals = new Deque<Arrival>();
  readonly #waiters = new Deque<Waiter>();
  /** Those in the handshake, the oldest first. */
  readonly #strangers = new Set<Connection>();
  #failures = 0;
  #closed = false;

  constructor(server: Server, options: AcceptorOptions) {
    this.#server = server;
    this.#options = options;
    server.on('connection', (socket) => {
      this.#receive(socket);
    });
    server.on('error', (error) => {
      this.#arrive({ error: socketError(error), from: null });
    });
  }

  /** The next one, or what went wrong with it. @throws OSError when it is closed. */
  next(): Promise<Arrival> {
    const arrival = this.#arrivals.shift();
    if (arrival !== undefined) {
      if ('error' in arrival) this.#failures--;
      return Promise.resolve(arrival);
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#server.ref();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#server.close();
    for (const stranger of this.#strangers) stranger.close();
    for (const arrival of this.#arrivals) if ('connection' in arrival) arrival.connection.close();
    for (let first = this.#waiters.shift(); first !== undefined; first = this.#waiters.shift())
      first.reject(new OSError('listener is closed'));
  }

  #receive(socket: Socket): void {
    const { key, longest, codec } = this.#options;
    if (!this.#makeRoom()) {
      socket.destroy();
      return;
    }
    const channel = new SocketChannel(socket, picklerFor(codec, false), longest, true);
    const connection = connectionOver(channel);
    const from = addressOf(socket);
    if (key === null) {
      channel.bringForward();
      this.#arrive({ connection, from });
    } else {
      void this.#authenticate(connection, channel, key, from);
    }
  }

  async #authenticate(
    connection: Connection,
    channel: SocketChannel,
    key: Uint8Array,
    from: Address | null,
  ): Promise<void> {
    const { timeout, codec } = this.#options;
    const late = { is: false };
    const timer =
      timeout === null
        ? null
        : setTimeout(
            () => {
              late.is = true;
              connection.close();
            },
            Math.min(timeout * 1000, LONGEST_TIMER),
          ).unref();
    this.#strangers.add(connection);
    try {
      channel.isFamily = await shakeHands(connection, key, 'listener');
      channel.pickler = picklerFor(codec, channel.isFamily);
      channel.bringForward();
      this.#arrive({ connection, from });
    } catch (cause) {
      const isDropped = connection.closed && !late.is;
      connection.close();
      if (!isDropped) this.#arrive({ error: failure(cause, late.is ? timeout : null), from });
    } finally {
      if (timer !== null) clearTimeout(timer);
      this.#strangers.delete(connection);
    }
  }

  #arrive(arrival: Arrival): void {
    if (this.#closed) {
      if ('connection' in arrival) arrival.connection.close();
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve(arrival);
      if (this.#waiters.length === 0) this.#server.unref();
      return;
    }
    if ('error' in arrival && ++this.#failures > MOST_FAILURES) this.#failures--;
    else this.#arrivals.push(arrival);
  }

  /** Rather than of those who have the key it is short of one who has long not shown that. */
  #makeRoom(): boolean {
    const waiting = this.#arrivals.length - this.#failures;
    if (waiting + this.#strangers.size < MOST) return true;
    const [oldest] = this.#strangers;
    if (oldest === undefined) return false;
    this.#strangers.delete(oldest);
    oldest.close();
    return true;
  }
}

/** Whatever a peer does instead of showing its key, it has not shown it. */
function failure(cause: unknown, late: number | null): Error {
  if (late !== null)
    return new AuthenticationError(`the peer has not shown its key within ${late} s`, { cause });
  if (cause instanceof AuthenticationError) return cause;
  const { name, message } = cause as Error;
  const reason = message === '' ? name : `${name}: ${message}`;
  return new AuthenticationError(`the peer has not shown its key (${reason})`, { cause });
}

/** Python's: clients of sockets in the file system have none, `''`. */
function addressOf(socket: Socket): Address {
  const { remoteAddress, remotePort } = socket;
  return remoteAddress === undefined ? '' : [remoteAddress, remotePort ?? 0];
}
