import { Buffer } from 'node:buffer';
import { BufferTooShort, OSError, ValueError } from '../errors';
import { checkSeconds } from '../util/timeout';
import { addressOf } from '../util/address';
import { signature } from '../util/keywords';
import { stay } from '../util/staying';
import { bytesOf, slice } from './bytes';
import type { Channel } from './channel';
import { isClosed } from './errors';
import { enroll, strike } from './filenos';
import { dumps, unpack, type Pickled } from './pickle';

/** What travels of a connection. */
export interface SharedConnection {
  readonly channel: Channel;
  readonly readable: boolean;
  readonly writable: boolean;
}

/** How connections of one class travel. */
export interface ConnectionReducer {
  readonly reduce: (connection: never) => SharedConnection;
  readonly rebuild: (shared: SharedConnection) => unknown;
}

/** What a call wants of the next message. */
export interface Reading<M, T> {
  /** What it needs of the bytes, whose memory is used again. */
  readonly read: (bytes: Buffer) => M;
  /** Of more bytes than this it wants nothing. */
  readonly longest: number;
  /** What the call gives. @param message - `null`: it was too long. */
  readonly give: (message: { readonly value: M } | null) => T;
}

const bindSendBytes = signature({
  name: 'send_bytes',
  defaults: (): { buf: unknown; offset: number; size: number | null } => ({
    buf: null,
    offset: 0,
    size: null,
  }),
  required: 1,
});
const bindRecvBytes = signature({
  name: 'recv_bytes',
  defaults: (): { maxlength: number | null } => ({ maxlength: null }),
});
const bindInto = signature({
  name: 'recv_bytes_into',
  defaults: (): { buf: unknown; offset: number } => ({ buf: null, offset: 0 }),
  required: 1,
});
const bindPoll = signature({ name: 'poll', defaults: (): { timeout: number | null } => ({ timeout: 0 }) });

const copied = (bytes: Buffer): Buffer => Buffer.from(bytes);

/**
 * A connection without waiting: what its calls send and what they make of what has come. Those that promise and those
 * that block add how.
 */
export abstract class ConnectionCore implements Disposable {
  readonly #channel: Channel;
  readonly #fileno: number;
  #readable: boolean;
  readonly #writable: boolean;
  #closed = false;
  readonly #values: Reading<() => unknown, unknown>;

  /**
   * Not for users: they come from `Pipe`. Python makes them of file descriptors.
   *
   * @throws ValueError for what is no channel, or can do nothing.
   */
  constructor(channel: Channel | number, readable = true, writable = true) {
    if (typeof channel === 'number' && channel < 0) throw new ValueError('invalid handle');
    if (!readable && !writable)
      throw new ValueError('at least one of `readable` and `writable` must be True');
    if (typeof channel === 'number') throw new ValueError('invalid handle');
    this.#channel = channel;
    this.#readable = readable;
    this.#writable = writable;
    this.#fileno = enroll(this);
    this.#values = {
      read: (bytes) => channel.pickler?.unpack(bytes) ?? unpack(bytes),
      longest: Infinity,
      give: (message) => (message as { value: () => unknown }).value(),
    };
  }

  /** Was it closed, here? */
  get closed(): boolean {
    return this.#closed;
  }

  get readable(): boolean {
    return this.#readable;
  }

  get writable(): boolean {
    return this.#writable;
  }

  /**
   * A number that stands for it in this process, for `wait`. Unlike Python's it is no descriptor of the system.
   *
   * @throws OSError after `close`.
   */
  fileno(): number {
    this.#checkOpen();
    return this.#fileno;
  }

  /** Gives the end up. Whoever waits for it here gets an OSError. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    strike(this.#fileno);
    this.#channel.close();
  }

  // ------------------------------------------ for those who can wait

  /** @internal */
  protected get channel(): Channel {
    return this.#channel;
  }

  /** @internal */
  protected outgoing(obj: unknown): Pickled {
    this.#checkWritable();
    const { pickler } = this.#channel;
    return pickler === undefined ? stay(() => dumps(obj)) : pickler.dumps(obj);
  }

  /** @param args - those of `send_bytes`. @internal */
  protected outgoingBytes(args: readonly unknown[]): Pickled {
    this.#checkWritable();
    const { buf, offset, size } = bindSendBytes(args);
    const bytes = slice(bytesOf(buf), offset, size);
    return { pieces: [bytes], length: bytes.length };
  }

  /** @internal */
  protected wantedValue(): Reading<() => unknown, unknown> {
    this.#checkReadable();
    return this.#values;
  }

  /** @param args - those of `recv_bytes`. @internal */
  protected wantedBytes(args: readonly unknown[]): Reading<Buffer, Buffer> {
    this.#checkReadable();
    const { maxlength } = bindRecvBytes(args);
    if (maxlength !== null && maxlength < 0) throw new ValueError('negative maxlength');
    return {
      read: copied,
      longest: maxlength ?? Infinity,
      give: (message) => {
        if (message !== null) return message.value;
        if (this.#writable) this.#readable = false;
        else this.close();
        throw new OSError('bad message length');
      },
    };
  }

  /** @param args - those of `recv_bytes_into`. @internal */
  protected wantedInto(args: readonly unknown[]): Reading<Buffer | number, number> {
    this.#checkReadable();
    const { buf, offset } = bindInto(args);
    const target = bytesOf(buf);
    if (offset < 0) throw new ValueError('negative offset');
    if (offset > target.length) throw new ValueError('offset too large');
    return {
      read: (bytes) => {
        if (offset + bytes.length > target.length) return copied(bytes);
        target.set(bytes, offset);
        return bytes.length;
      },
      longest: Infinity,
      give: (message) => {
        const { value } = message as { value: Buffer | number };
        if (typeof value === 'number') return value;
        throw new BufferTooShort(value);
      },
    };
  }

  /** How long it looks for something. @param args - those of `poll`. @internal */
  protected patience(args: readonly unknown[]): number | null {
    this.#checkReadable();
    // Left out is 0, but null is no end.
    return args[0] === null ? null : checkSeconds(bindPoll(args).timeout);
  }

  /** @internal */
  protected share(): SharedConnection {
    this.#checkOpen();
    return { channel: this.#channel, readable: this.#readable, writable: this.#writable };
  }

  /** For `wait`. @internal */
  get source(): Pick<Channel, 'isReady' | 'watch' | 'refresh'> {
    this.#checkOpen();
    return this.#channel;
  }

  #checkOpen(): void {
    if (this.#closed) throw isClosed();
  }

  #checkReadable(): void {
    this.#checkOpen();
    if (!this.#readable) throw new OSError('connection is write-only');
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (!this.#writable) throw new OSError('connection is read-only');
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** `<multiprocessing.connection.Connection object at 0x7f0000000040>` */
  toString(): string {
    return `<multiprocessing.connection.Connection object at ${addressOf(this)}>`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
