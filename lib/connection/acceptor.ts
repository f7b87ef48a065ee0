import type { Server, Socket } from 'node:net';
import { addInlet, POLLIN, removeInlet, type Inlet, type Polls } from '../engine/blocking';
import { handleOf } from '../engine/outgoing';
import { Alarm } from '../engine/turns';
import { AuthenticationError, OSError } from '../errors';
import { libc } from '../native/libc';
import { Deque } from '../util/deque';
import { Eventual, go, type Course } from '../util/eventual';
import { now } from '../util/timers';
import { picklerFor, type Codec } from './codec';
import { shakeHands, wireOf } from './handshake';
import { KEEP_ALIVE } from './open_server';
import type { Address } from './socket_address';
import { SocketChannel, socketOf } from './socket_channel';
import { socketError } from './socket_error';

/** So many may wait to be accepted, those in the middle of the handshake included. */
const MOST = 1024;
const EAGAIN = 11;
/** How long nobody is taken in after the system could not, in milliseconds: who waits is still there then. */
const PAUSE = 100;
/** So many failures are remembered for who accepts next. */
const MOST_FAILURES = 64;

export interface AcceptorOptions {
  readonly key: Uint8Array | null;
  /** Seconds that the handshake may take; `null` for ever. */
  readonly timeout: number | null;
  readonly longest: number;
  readonly codec: Codec | null;
}

/** What has come of somebody who connected. */
export type Arrival =
  | { readonly channel: SocketChannel; readonly from: Address | null }
  | { readonly error: Error; readonly from: Address | null };

/**
 * Takes whoever connects to a server, and authenticates all of them at once: who is slow, silent or lying keeps nobody
 * else waiting. Who has shown its key waits here for `accept`; who has not in time is dropped.
 */
export class Acceptor implements Inlet {
  readonly #server: Server;
  readonly #options: AcceptorOptions;
  readonly #arrivals = new Deque<Arrival>();
  readonly #waiters = new Deque<Eventual<Arrival>>();
  /** Those in the handshake, the oldest first. */
  readonly #strangers = new Set<SocketChannel>();
  #failures = 0;
  #pausedUntil = 0;
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
    addInlet(this);
  }

  /** While a call blocks this thread they are taken by it. */
  arm(polls: Polls): void {
    const { fd = -1 } = handleOf(this.#server) ?? {};
    if (fd < 0) return;
    const left = this.#pausedUntil - now();
    if (left > 0) {
      polls.within(left);
      return;
    }
    polls.add(fd, POLLIN, () => {
      let taken: number;
      while ((taken = libc().accept(fd)) >= 0) {
        const socket = socketOf(taken);
        socket.setNoDelay(true);
        socket.setKeepAlive(true, KEEP_ALIVE);
        this.#receive(socket);
      }
      if (taken !== -EAGAIN) this.#pausedUntil = now() + PAUSE;
    });
  }

  /** The next one, or what went wrong with it. @throws OSError when it is closed. */
  next(): Eventual<Arrival> {
    const arrival = this.#arrivals.shift();
    if (arrival !== undefined) {
      if ('error' in arrival) this.#failures--;
      return Eventual.of(arrival);
    }
    const waiter = new Eventual<Arrival>();
    this.#waiters.push(waiter);
    this.#server.ref();
    return waiter;
  }

  /** Whoever waits so does not any more. */
  forget(waiter: Eventual<Arrival>): void {
    const others = [...this.#waiters].filter((each) => each !== waiter);
    this.#waiters.clear();
    for (const each of others) this.#waiters.push(each);
    if (others.length === 0) this.#server.unref();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    removeInlet(this);
    this.#server.close();
    for (const stranger of this.#strangers) stranger.close();
    for (const arrival of this.#arrivals) if ('channel' in arrival) arrival.channel.close();
    for (let first = this.#waiters.shift(); first !== undefined; first = this.#waiters.shift())
      first.fail(new OSError('listener is closed'));
  }

  #receive(socket: Socket): void {
    const { key, longest, codec } = this.#options;
    if (!this.#makeRoom()) {
      socket.destroy();
      return;
    }
    const channel = new SocketChannel(socket, picklerFor(codec, false), longest, true);
    const from = addressOf(socket);
    if (key === null) {
      channel.bringForward();
      this.#arrive({ channel, from });
    } else {
      go(this.#authenticate(channel, key, from));
    }
  }

  *#authenticate(channel: SocketChannel, key: Uint8Array, from: Address | null): Course<void> {
    const { timeout, codec } = this.#options;
    const late = { is: false };
    const alarm = new Alarm(() => {
      late.is = true;
      channel.close();
    });
    if (timeout !== null) alarm.set(timeout * 1000);
    this.#strangers.add(channel);
    try {
      channel.isFamily = yield* shakeHands(wireOf(channel), key, 'listener');
      channel.pickler = picklerFor(codec, channel.isFamily);
      channel.bringForward();
      this.#arrive({ channel, from });
    } catch (cause) {
      const isDropped = channel.isClosed && !late.is;
      channel.close();
      if (!isDropped) this.#arrive({ error: failure(cause, late.is ? timeout : null), from });
    } finally {
      alarm.cancel();
      this.#strangers.delete(channel);
    }
  }

  #arrive(arrival: Arrival): void {
    if (this.#closed) {
      if ('channel' in arrival) arrival.channel.close();
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      if (this.#waiters.length === 0) this.#server.unref();
      waiter.settle(arrival);
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
