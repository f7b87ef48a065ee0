import { Buffer } from 'node:buffer';
import { writeSync } from 'node:fs';
import { Socket, type Server } from 'node:net';
import { libc } from '../native/libc';
import { Deque } from '../util/deque';
import { MOST_AT_ONCE } from '../wire/framing';
import { setImmediate } from '../util/timers';
import { blockingLevel, POLLOUT, type Polls } from './blocking';

/** What node knows of a socket and does not document. */
interface Handle {
  readonly fd?: number;
  /** Bytes that it has taken and not written. */
  readonly writeQueueSize?: number;
}

/** What else its owner wants to hear, or has to say. */
export interface OutgoingOptions {
  /** Told when some of what waited has left. */
  readonly moved?: () => void;
  /** Told why nothing can be written any more. */
  readonly failed?: (error: NodeJS.ErrnoException) => void;
  /** Makes the socket anew, of a copy of its descriptor. */
  readonly remake?: (fd: number) => Socket;
}

/**
 * The calls on their way to a process. They are written at once, as far as the socket takes them. What is left waits
 * here, and node has one piece of it at most, to tell when there is room: node writes only when the event loop turns,
 * and a call that blocks the thread takes that piece back.
 */
export class Outgoing {
  #socket: Socket;
  readonly #listen: (socket: Socket) => void;
  readonly #drained: () => void;
  readonly #options: OutgoingOptions;
  readonly #queue = new Deque<Uint8Array>();
  #size = 0;
  /** The piece that node has. */
  #lent: Uint8Array | null = null;
  #lending = false;
  #broken = false;

  /**
   * @param listen - hears what becomes of the socket, which may be changed for another one.
   * @param drained - told when what waited has left.
   */
  constructor(
    socket: Socket,
    listen: (socket: Socket) => void,
    drained: () => void,
    options: OutgoingOptions = {},
  ) {
    this.#socket = socket;
    this.#options = options;
    this.#listen = listen;
    this.#drained = drained;
    listen(socket);
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#size;
  }

  write(pieces: readonly Uint8Array[]): void {
    if (this.#broken || !this.#socket.writable) return;
    for (const piece of pieces) {
      this.#size += piece.byteLength;
      for (let at = 0; at < piece.byteLength; at += MOST_AT_ONCE) {
        this.#queue.push(piece.subarray(at, at + MOST_AT_ONCE));
      }
    }
    // What is lent comes first.
    if (this.#lent === null) this.#writeNow();
    if (this.#size > 0) this.#lendLater();
  }

  /** For a call that blocks: waits until there is room, if anything waits for it. */
  arm(polls: Polls): void {
    if (this.#size === 0 || this.#broken) return;
    if (this.#lent !== null) this.#takeBack(this.#lent);
    const { fd } = this;
    if (fd < 0) return;
    polls.add(fd, POLLOUT, () => {
      // What is lent is node's to write.
      if (this.#lent !== null) return;
      this.#writeNow();
      this.#options.moved?.();
      if (this.#size === 0) this.#drained();
    });
    this.#lendLater();
  }

  destroy(): void {
    this.#break();
    this.#socket.destroy();
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Below 0 where there is none (Windows), or none any more. */
  get fd(): number {
    return handleOf(this.#socket)?.fd ?? -1;
  }

  #writeNow(): void {
    const { fd } = this;
    if (fd < 0) return;
    for (let piece = this.#queue.first; piece !== undefined; piece = this.#queue.first) {
      const written = this.#try(fd, piece);
      this.#size -= written;
      if (written < piece.byteLength) {
        if (written > 0) this.#replaceFirst(piece.subarray(written));
        return;
      }
      this.#queue.shift();
    }
  }

  #try(fd: number, piece: Uint8Array): number {
    try {
      return writeSync(fd, piece);
    } catch (error) {
      // EPIPE and ECONNRESET say what the end of the worker is about to say better.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        this.#break();
        this.#options.failed?.(error as NodeJS.ErrnoException);
      }
      return 0;
    }
  }

  #break(): void {
    this.#broken = true;
    this.#queue.clear();
    this.#size = 0;
  }

  #replaceFirst(piece: Uint8Array): void {
    this.#queue.shift();
    this.#queue.unshift(piece);
  }

  /** While a call blocks, node is of no use; it gets its piece when the event loop has its turn. */
  #lendLater(): void {
    if (blockingLevel() === 0) {
      this.#lend();
      return;
    }
    if (this.#lending) return;
    this.#lending = true;
    setImmediate(() => {
      this.#lending = false;
      this.#lend();
    });
  }

  #lend(): void {
    const piece = this.#queue.first;
    if (piece === undefined || this.#lent !== null) return;
    this.#lent = piece;
    this.#socket.write(piece, (error) => {
      if (this.#lent !== piece) return;
      this.#lent = null;
      if (this.#broken) return;
      if (error !== null && error !== undefined) this.#options.failed?.(error);
      this.#queue.shift();
      this.#size -= piece.byteLength;
      this.#writeNow();
      this.#options.moved?.();
      if (this.#size > 0) this.#lend();
      else this.#drained();
    });
  }

  /** Node gives nothing back but what it has when its socket is closed: so it gets another one for the same channel. */
  #takeBack(piece: Uint8Array): void {
    const handle = handleOf(this.#socket);
    if (handle?.fd === undefined || handle.fd < 0) return;
    const left = handle.writeQueueSize ?? 0;
    const copy = libc().copy(handle.fd);
    // No descriptors left: then it has to wait for the event loop.
    if (copy < 0) return;
    this.#lent = null;
    this.#size -= piece.byteLength - left;
    if (left > 0)
      this.#replaceFirst(Buffer.from(piece.buffer, piece.byteOffset + piece.byteLength - left, left));
    else this.#queue.shift();
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => undefined);
    this.#socket.destroy();
    this.#socket = this.#options.remake?.(copy) ?? new Socket({ fd: copy });
    this.#listen(this.#socket);
  }
}

/** The handle of a socket or a server; `null` when it is closed. */
export const handleOf = (socket: Socket | Server): Handle | null =>
  (socket as unknown as { readonly _handle: Handle | null })._handle;
