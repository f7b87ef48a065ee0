import { Buffer, constants } from 'node:buffer';
import { writevSync } from 'node:fs';
import type { Socket } from 'node:net';
import { EOFError, OSError } from '../errors';
import { REDUCE } from '../reduction/registry';
import { after } from '../util/after';
import { Deque } from '../util/deque';
import { NotImplementedError } from '../util/exceptions';
import { setImmediate } from '../util/timers';
import { ready } from '../util/turn';
import type { Channel } from './channel';
import type { Pickler } from './codec';
import { brokenPipe, isClosed } from './errors';
import { frameOf, MessageReader } from './messages';
import { socketError } from './socket_error';

/** So much is read of what nobody has asked for yet. */
const AHEAD = 65_536;

interface Receiver {
  /** Has it got its message, or its error? */
  readonly attempt: () => boolean;
  readonly reject: (error: Error) => void;
}

const refuseToTravel = (): never => {
  throw new TypeError('a connection of a Listener or a Client cannot be sent: it belongs to its process');
};

const cannotBlock = (): Error => new NotImplementedError('connections of sockets do not block');

/** A connection through a socket, in the framing of Python's. */
export class SocketChannel implements Channel {
  static readonly [REDUCE] = { reduce: refuseToTravel, rebuild: refuseToTravel };

  readonly #socket: Socket;
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
  #closed = false;
  #isPaused = false;
  /** Writes that the system has not taken yet. */
  #unsent = 0;
  /** Those who keep the process alive: they wait for this socket. */
  #waiting = 0;
  #isBackground: boolean;

  /**
   * @param longest - bytes that a message may have.
   * @param isBackground - does not keep the process alive, whoever waits, until {@link SocketChannel.bringForward}.
   */
  constructor(socket: Socket, pickler: Pickler, longest: number, isBackground: boolean) {
    this.#socket = socket;
    this.pickler = pickler;
    this.#longest = longest;
    this.#isBackground = isBackground;
    socket.unref();
    socket.on('data', (chunk: Buffer) => {
      this.#messages.push(chunk);
      this.#serve();
    });
    socket.on('end', () => {
      this.#hasEnded = true;
      this.#serve();
    });
    socket.on('error', (error) => {
      if (!this.#hasEnded) this.#failure ??= socketError(error);
      this.#hasEnded = true;
      this.#serve();
    });
  }

  bringForward(): void {
    this.isBackground = false;
  }

  /** Does it not keep the process alive, whoever waits? */
  set isBackground(on: boolean) {
    this.#isBackground = on;
    if (this.#waiting > 0 && !on) this.#socket.ref();
    else this.#socket.unref();
  }

  // ---------------------------------------------------------------- send

  send(pieces: readonly Uint8Array[], length: number): Promise<void> {
    const frame = frameOf(pieces, length);
    let written = 0;
    if (this.#unsent === 0) {
      // At once, without the machinery of streams: their errors would end what there is to read.
      const fd = fileDescriptor(this.#socket);
      if (fd === null) return Promise.reject(brokenPipe());
      if (fd >= 0) {
        try {
          written = writevSync(fd, frame);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return Promise.reject(socketError(error));
        }
      }
    }
    const rest = restOf(frame, written);
    return rest === null ? ready(undefined) : this.#waitToSend(rest);
  }

  sendSync(): never {
    throw cannotBlock();
  }

  #waitToSend(rest: Buffer): Promise<void> {
    this.#unsent++;
    this.#hold();
    return new Promise((resolve, reject) => {
      this.#socket.write(rest, (error) => {
        this.#unsent--;
        this.#release();
        if (error === null || error === undefined) resolve();
        else if (this.#closed) reject(isClosed());
        else reject((error as NodeJS.ErrnoException).errno === undefined ? brokenPipe() : socketError(error));
      });
    });
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

  receive<T>(read: (bytes: Buffer) => T, longest: number): Promise<{ readonly value: T } | null> {
    try {
      const result = this.#receivers.length === 0 ? this.tryReceive(read, longest) : null;
      if (result !== null) {
        this.#flow();
        return ready(typeof result === 'number' ? null : result);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      const attempt = (): boolean => {
        try {
          const result = this.tryReceive(read, longest);
          if (result === null) return false;
          resolve(typeof result === 'number' ? null : result);
        } catch (error) {
          reject(error);
        }
        return true;
      };
      this.#receivers.push({ attempt, reject });
      this.#hold();
      this.#flow();
    });
  }

  receiveSync(): never {
    throw cannotBlock();
  }

  #serve(): void {
    for (let first = this.#receivers.first; first?.attempt() === true; first = this.#receivers.first) {
      this.#receivers.shift();
      this.#release();
    }
    for (const look of [...this.#watchers]) look();
    this.#flow();
  }

  /** Reads no further than somebody asks, but for a little. */
  #flow(): void {
    const isEnough = this.#receivers.length === 0 && this.#messages.buffered >= AHEAD;
    if (isEnough === this.#isPaused) return;
    this.#isPaused = isEnough;
    if (isEnough) this.#socket.pause();
    else this.#socket.resume();
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

  pollSync(): never {
    throw cannotBlock();
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

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    for (let first = this.#receivers.shift(); first !== undefined; first = this.#receivers.shift()) {
      this.#release();
      first.reject(isClosed());
    }
    for (const look of [...this.#watchers]) look();
  }

  #check(): void {
    if (this.#closed) throw isClosed();
  }

  #hold(): void {
    if (this.#waiting++ === 0 && !this.#isBackground) this.#socket.ref();
  }

  #release(): void {
    if (--this.#waiting === 0) this.#socket.unref();
  }
}

/** The longest message that can be had at all. */
export const LONGEST = constants.MAX_LENGTH;

/** Below 0 where sockets have none; `null` when it is gone. */
function fileDescriptor(socket: Socket): number | null {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd?: number } | null };
  return handle === null ? null : (handle.fd ?? -1);
}

/** A copy of what is not written: it may be somebody's memory. `null` if all is. */
function restOf(frame: readonly Uint8Array[], written: number): Buffer | null {
  const rest: Uint8Array[] = [];
  let left = written;
  for (const piece of frame) {
    if (left < piece.length) rest.push(piece.subarray(left));
    left = Math.max(0, left - piece.length);
  }
  return rest.length === 0 ? null : Buffer.concat(rest);
}
