import { Buffer, constants } from 'node:buffer';
import { readSync } from 'node:fs';
import { Socket } from 'node:net';
import { addInlet, block, blockFor, POLLIN, removeInlet, type Inlet, type Polls } from '../engine/blocking';
import { takeIn, type News } from '../engine/turns';
import { EOFError, OSError } from '../errors';
import { REDUCE } from '../reduction/registry';
import { after } from '../util/after';
import { Deque } from '../util/deque';
import { Eventual } from '../util/eventual';
import { setImmediate } from '../util/timers';
import { ready } from '../util/turn';
import type { Channel } from './channel';
import type { Pickler } from './codec';
import { isClosed } from './errors';
import { MessageReader } from './messages';
import { socketError } from './socket_error';
import { SocketSender } from './socket_sender';

/** So much is read of what nobody has asked for yet. */
const AHEAD = 65_536;

/** Bytes read at once while a call blocks this thread, and how often before others have their turn. */
const SCRATCH = 65_536;
const MOST_READS = 16;
let scratch: Buffer | null = null;

type Received = { readonly value: unknown } | null;

interface Receiver {
  readonly read: (bytes: Buffer) => unknown;
  readonly longest: number;
  readonly result: Eventual<Received>;
}

const refuseToTravel = (): never => {
  throw new TypeError('a connection of a Listener or a Client cannot be sent: it belongs to its process');
};

/** How sockets are that carry connections: each direction ends for itself. */
const OPTIONS = { allowHalfOpen: true, readable: true, writable: true } as const;

/** A socket of a descriptor that is connected. */
export const socketOf = (fd: number): Socket => new Socket({ fd, ...OPTIONS });

/** A connection through a socket, in the framing of Python's. It is read and written by the event loop, and by calls that block. */
export class SocketChannel implements Channel, Inlet, News {
  static readonly [REDUCE] = { reduce: refuseToTravel, rebuild: refuseToTravel };

  readonly #sender: SocketSender;
  readonly #longest: number;
  readonly #messages = new MessageReader();
  readonly #receivers = new Deque<Receiver>();
  readonly #watchers = new Set<() => void>();
  pickler: Pickler;
  /** Has the other end shown that it is a process of this family? */
  isFamily = false;
  /** What cut it off, until somebody has heard of it. */
  #failure: Error | null = null;
  #hasEnded = false;
  #hasNews = false;
  #closed = false;
  #isPaused = false;
  /** Those who keep the process alive: they wait for this socket. */
  #waiting = 0;
  #isBackground: boolean;

  /**
   * @param longest - bytes that a message may have.
   * @param isBackground - does not keep the process alive, whoever waits, until {@link SocketChannel.bringForward}.
   */
  constructor(socket: Socket, pickler: Pickler, longest: number, isBackground: boolean) {
    this.pickler = pickler;
    this.#longest = longest;
    this.#isBackground = isBackground;
    this.#sender = new SocketSender(socket, {
      listen: (each) => {
        this.#listen(each);
      },
      hold: () => {
        this.#hold();
      },
      release: () => {
        this.#release();
      },
      remake: socketOf,
    });
  }

  /** Node gives a socket away only by another one for the same. */
  #listen(socket: Socket): void {
    if (this.#waiting > 0 && !this.#isBackground) socket.ref();
    else socket.unref();
    socket.on('data', (chunk: Buffer) => {
      this.#messages.push(chunk);
      this.#hear();
    });
    socket.on('end', () => {
      this.#hasEnded = true;
      this.#hear();
    });
    socket.on('error', (error) => {
      if (!this.#hasEnded) this.#failure ??= socketError(error);
      this.#hasEnded = true;
      this.#sender.fail(error);
      this.#hear();
    });
    if (this.#isPaused) socket.pause();
  }

  bringForward(): void {
    this.isBackground = false;
  }

  /** Does it not keep the process alive, whoever waits? */
  set isBackground(on: boolean) {
    this.#isBackground = on;
    if (this.#waiting > 0 && !on) this.#sender.socket.ref();
    else this.#sender.socket.unref();
  }

  // ------------------------------------------------- while a call blocks

  arm(polls: Polls): void {
    // What node has read and not told yet.
    while (this.#sender.socket.read() !== null);
    this.#sender.arm(polls);
    if (this.#hasNews) polls.within(0);
    const { fd } = this.#sender;
    if (this.#hasEnded || this.#isPaused || fd < 0) return;
    polls.add(fd, POLLIN, () => {
      this.#pump(fd);
    });
  }

  #pump(fd: number): void {
    scratch ??= Buffer.allocUnsafeSlow(SCRATCH);
    try {
      for (let i = 0; i < MOST_READS; i++) {
        const bytes = readSync(fd, scratch);
        if (bytes === 0) {
          this.#hasEnded = true;
          break;
        }
        this.#messages.push(Buffer.from(scratch.subarray(0, bytes)));
        if (bytes < SCRATCH) break;
      }
    } catch (error) {
      // The event loop has been told of it, and has read it.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
      this.#failure ??= socketError(error);
      this.#hasEnded = true;
    }
    this.#hear();
  }

  /** Something has come: it is taken in behind what has come elsewhere before. */
  #hear(): void {
    this.#hasNews = true;
    takeIn(this);
  }

  next(): boolean {
    if (!this.#hasNews) return false;
    this.#hasNews = false;
    this.#serve();
    return true;
  }

  // ---------------------------------------------------------------- send

  /** As {@link SocketChannel.send}. */
  sending(pieces: readonly Uint8Array[], length: number): Eventual<void> {
    return this.#sender.send(pieces, length);
  }

  send(pieces: readonly Uint8Array[], length: number): Promise<void> {
    const result = this.sending(pieces, length);
    if (!result.isSettled) return result.promise();
    try {
      result.take();
      return ready(undefined);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  sendSync(pieces: readonly Uint8Array[], length: number): void {
    const result = this.sending(pieces, length);
    if (!result.isSettled) blockFor(() => result);
    result.take();
  }

  // ------------------------------------------------------------- receive

  /** `null` if there is nothing now; the length of a message that is too long. */
  tryReceive<T>(read: (bytes: Buffer) => T, longest: number): { readonly value: T } | number | null {
    this.#check();
    const { length } = this.#messages;
    if (length !== null) {
      if (length > this.#longest) throw new OSError('bad message length');
      if (length > longest) return length;
      const message = this.#messages.next();
      if (message !== null) return { value: read(message) };
    }
    if (this.#hasEnded) throw this.#end();
    return null;
  }

  /** As {@link SocketChannel.receive}. */
  receiving<T>(read: (bytes: Buffer) => T, longest: number): Eventual<{ readonly value: T } | null> {
    const result = new Eventual<{ readonly value: T } | null>();
    const receiver: Receiver = { read, longest, result: result };
    if (this.#receivers.length === 0 && this.#attempt(receiver)) this.#flow();
    else {
      this.#receivers.push(receiver);
      this.#hold();
      this.#flow();
    }
    return result;
  }

  /** Has it got its message, or its error? */
  #attempt({ read, longest, result }: Receiver): boolean {
    let received: { readonly value: unknown } | number | null;
    try {
      received = this.tryReceive(read, longest);
    } catch (error) {
      result.fail(error);
      return true;
    }
    if (received === null) return false;
    result.settle(typeof received === 'number' ? null : received);
    return true;
  }

  receive<T>(read: (bytes: Buffer) => T, longest: number): Promise<{ readonly value: T } | null> {
    const result = this.receiving(read, longest);
    if (!result.isSettled) return result.promise();
    try {
      return ready(result.take());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  receiveSync<T>(read: (bytes: Buffer) => T, longest: number): { readonly value: T } | null {
    const result = this.receiving(read, longest);
    try {
      if (!result.isSettled) blockFor(() => result);
      return result.take();
    } finally {
      // Ctrl-C: what comes is for somebody else.
      if (!result.isSettled) this.#forget(result);
    }
  }

  #forget(result: Eventual<unknown>): void {
    const others = [...this.#receivers].filter((receiver) => receiver.result !== result);
    this.#receivers.clear();
    for (const receiver of others) this.#receivers.push(receiver);
    this.#release();
  }

  #serve(): void {
    for (let first = this.#receivers.first; first !== undefined; first = this.#receivers.first) {
      // Whoever is told may ask for the next one, or block: it is nobody's turn meanwhile but of who comes next.
      const receiver = first;
      if (!this.#canServe(receiver)) break;
      this.#receivers.shift();
      this.#release();
      this.#attempt(receiver);
    }
    for (const look of [...this.#watchers]) look();
    this.#flow();
  }

  #canServe({ longest }: Receiver): boolean {
    const { length, buffered } = this.#messages;
    if (this.#hasEnded || this.#closed) return true;
    return length !== null && (buffered >= length || length > Math.min(longest, this.#longest));
  }

  /** Reads no further than somebody asks, but for a little. */
  #flow(): void {
    const isEnough = this.#receivers.length === 0 && this.#messages.buffered >= AHEAD;
    if (isEnough === this.#isPaused) return;
    this.#isPaused = isEnough;
    const { socket } = this.#sender;
    if (isEnough) socket.pause();
    else socket.resume();
  }

  /** Nothing more will come: why? */
  #end(): Error {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) return failure;
    return this.#messages.isPartial ? new OSError('got end of file during message') : new EOFError();
  }

  // ---------------------------------------------------------------- look

  /** Is there a message (of a long one: its beginning), or the end? */
  get isReady(): boolean {
    this.#check();
    const { length, buffered } = this.#messages;
    return (
      this.#hasEnded ||
      (length !== null && (buffered >= length || buffered >= AHEAD || length > this.#longest))
    );
  }

  async poll(seconds: number | null): Promise<boolean> {
    if (this.isReady) return true;
    if (seconds !== null && seconds <= 0) {
      await this.refresh();
      return this.isReady;
    }
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        stop();
        cancel();
        settle();
      };
      const cancel = seconds === null ? () => undefined : after(seconds, () => finish(() => resolve(false)));
      const stop = this.watch(() => {
        try {
          if (this.isReady) finish(() => resolve(true));
        } catch (error) {
          finish(() => reject(error));
        }
      });
    });
  }

  pollSync(seconds: number | null): boolean {
    if (this.isReady) return true;
    const stop = this.watch(() => undefined);
    try {
      block(() => this.#closed || this.isReady, seconds);
      return this.isReady;
    } finally {
      stop();
    }
  }

  /** Lets the event loop look what has come: after two turns of it that is sure. */
  refresh(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => setImmediate(resolve));
    });
  }

  watch(look: () => void): () => void {
    // The same function may be given twice.
    const watcher = (): void => look();
    this.#watchers.add(watcher);
    this.#hold();
    return () => {
      if (this.#watchers.delete(watcher)) this.#release();
    };
  }

  // --------------------------------------------------------------- close

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sender.close();
    for (let first = this.#receivers.shift(); first !== undefined; first = this.#receivers.shift()) {
      this.#release();
      first.result.fail(isClosed());
    }
    for (const look of [...this.#watchers]) look();
  }

  #check(): void {
    if (this.#closed) throw isClosed();
  }

  #hold(): void {
    if (this.#waiting++ > 0) return;
    addInlet(this);
    if (!this.#isBackground) this.#sender.socket.ref();
  }

  #release(): void {
    if (--this.#waiting > 0) return;
    removeInlet(this);
    this.#sender.socket.unref();
  }
}

/** The longest message that can be had at all. */
export const LONGEST = constants.MAX_LENGTH;
