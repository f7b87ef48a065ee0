import { writevSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Polls } from '../engine/blocking';
import { handleOf, Outgoing } from '../engine/outgoing';
import { Deque } from '../util/deque';
import { Eventual } from '../util/eventual';
import { brokenPipe, isClosed } from './errors';
import { frameOf } from './messages';
import { socketError } from './socket_error';

/** What its owner sees to. */
export interface SenderOptions {
  /** Hears what becomes of the socket, which may be changed for another one. */
  readonly listen: (socket: Socket) => void;
  /** A message waits: as long as it does the process stays alive. */
  readonly hold: () => void;
  readonly release: () => void;
  /** Makes the socket anew, of a copy of its descriptor. */
  readonly remake: (fd: number) => Socket;
}

/** A message that is not written yet. */
interface Unsent {
  /** Where it ends, counted in bytes from the first that ever waited. */
  readonly end: number;
  readonly result: Eventual<void>;
}

/** What goes out through a socket: messages, in the framing of Python's connections, each as a whole or not at all. */
export class SocketSender {
  readonly #options: SenderOptions;
  readonly #outgoing: Outgoing;
  /** Messages that the system has not taken yet, and how many bytes ever had to wait. */
  readonly #unsent = new Deque<Unsent>();
  #waited = 0;
  /** Why nothing can be sent any more. */
  #mute: Error | null = null;
  #closed = false;

  constructor(socket: Socket, options: SenderOptions) {
    this.#options = options;
    const moved = (): void => {
      this.#moved();
    };
    this.#outgoing = new Outgoing(socket, options.listen, moved, {
      moved,
      failed: (error) => {
        this.fail(error);
      },
      remake: options.remake,
    });
  }

  get socket(): Socket {
    return this.#outgoing.socket;
  }

  /** Below 0 where there is none, or none any more. */
  get fd(): number {
    return this.#outgoing.fd;
  }

  /** For a call that blocks: waits until there is room, if anything waits for it. */
  arm(polls: Polls): void {
    this.#outgoing.arm(polls);
  }

  /** The bytes are taken as they are now. Settled when the system has them all. */
  send(pieces: readonly Uint8Array[], length: number): Eventual<void> {
    const result = new Eventual<void>();
    const frame = frameOf(pieces, length);
    let written = 0;
    try {
      if (this.#mute !== null) throw this.#mute;
      if (this.#outgoing.size === 0) written = writeNow(this.#outgoing.socket, frame);
    } catch (error) {
      result.fail(error);
      return result;
    }
    const rest = restOf(frame, written);
    if (rest === null) result.settle();
    else this.#sendRest(rest, result);
    return result;
  }

  #sendRest(rest: Buffer, result: Eventual<void>): void {
    this.#options.hold();
    this.#waited += rest.length;
    this.#unsent.push({ end: this.#waited, result });
    if (this.#outgoing.socket.writable) this.#outgoing.write([rest]);
    else this.#end(brokenPipe());
    this.#moved();
  }

  /** Some of what waited has gone. */
  #moved(): void {
    if (this.#mute !== null) return;
    const gone = this.#waited - this.#outgoing.size;
    for (let first = this.#unsent.first; first !== undefined && first.end <= gone;) {
      this.#unsent.shift();
      this.#options.release();
      first.result.settle();
      first = this.#unsent.first;
    }
  }

  /** The socket is broken. */
  fail(error: NodeJS.ErrnoException): void {
    if (this.#closed) return;
    this.#end(error.errno === undefined ? brokenPipe() : socketError(error));
  }

  close(): void {
    this.#closed = true;
    this.#mute = null;
    this.#end(isClosed());
    this.#outgoing.destroy();
  }

  /** Nothing can be sent any more. */
  #end(error: Error): void {
    this.#mute ??= error;
    for (let first = this.#unsent.shift(); first !== undefined; first = this.#unsent.shift()) {
      this.#options.release();
      first.result.fail(error);
    }
  }
}

/**
 * Writes at once, without the machinery of streams: their errors would end what there is to read.
 *
 * @returns how much was written.
 */
function writeNow(socket: Socket, frame: readonly Uint8Array[]): number {
  const handle = handleOf(socket);
  if (handle === null) throw brokenPipe();
  const { fd = -1 } = handle;
  // There are sockets without one.
  if (fd < 0) return 0;
  try {
    return writevSync(fd, frame);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw socketError(error);
  }
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
