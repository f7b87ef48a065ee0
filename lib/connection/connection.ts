import { Buffer } from 'node:buffer';
import { BufferTooShort, OSError, ValueError } from '../errors';
import { checkSeconds } from '../util/timeout';
import { REDUCE } from '../reduction/registry';
import { addressOf } from '../util/address';
import { signature } from '../util/keywords';
import { bytesOf, slice, type BytesLike } from './bytes';
import type { Channel } from './channel';
import type { Pickler } from './codec';
import { isClosed } from './errors';
import { enroll, strike } from './filenos';
import { dumps, unpack } from './pickle';

interface State {
  readonly channel: Channel;
  readonly readable: boolean;
  readonly writable: boolean;
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

const PIPES: Pickler = { dumps, unpack };

const copied = (bytes: Buffer): Buffer => Buffer.from(bytes);

/**
 * One end of a {@link Pipe}, for values and for bytes: messages stay whole, and come in their order.
 *
 * Python's `Connection`. It may be sent to other processes and threads, with any call; each of them, and this one,
 * holds the end until it closes it, drops it or dies. Several may use it at once, as they may not in Python.
 *
 * @example
 * const [a, b] = Pipe();
 * await a.send({ hello: [1, 2] });
 * console.log(await b.recv()); // { hello: [ 1, 2 ] }
 */
export class Connection {
  static readonly [REDUCE] = {
    reduce: (connection: Connection): State => {
      connection.#checkOpen();
      return {
        channel: connection.#channel,
        readable: connection.#readable,
        writable: connection.#writable,
      };
    },
    rebuild: ({ channel, readable, writable }: State): Connection =>
      new Connection(channel, readable, writable),
  };

  readonly #channel: Channel;
  readonly #fileno: number;
  #readable: boolean;
  readonly #writable: boolean;
  #closed = false;

  /**
   * Not for users: they come from {@link Pipe}. Python makes them of file descriptors.
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
   * A number that stands for it in this process, for {@link wait}. Unlike Python's it is no descriptor of the system.
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

  /**
   * Sends a value: whatever can be an argument of a pool's function. It is taken as it is at the call. Resolves when
   * there is room for it, which may be before it is received.
   *
   * @throws PicklingError for what cannot be sent; nothing is sent then.
   * @throws BrokenPipeError when the other end is closed.
   * @throws OSError after `close`, and on a connection that only reads.
   */
  send(obj: unknown): Promise<void> {
    try {
      this.#checkWritable();
      const { pieces, length } = (this.#channel.pickler ?? PIPES).dumps(obj);
      return this.#channel.send(pieces, length);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Resolves to the next value.
   *
   * @throws EOFError when the other end is closed and nothing is left.
   * @throws UnpicklingError for a message of `send_bytes`; it is gone then.
   * @throws OSError after `close`, and on a connection that only writes.
   */
  async recv(): Promise<unknown> {
    this.#checkReadable();
    const unpack = (bytes: Buffer): (() => unknown) => (this.#channel.pickler ?? PIPES).unpack(bytes);
    return ((await this.#channel.receive(unpack, Infinity)) as { value: () => unknown }).value();
  }

  /**
   * Sends bytes as one message.
   *
   * @param buf - a Buffer, typed array, DataView or ArrayBuffer, taken as it is at the call.
   * @param offset - bytes to leave out at its beginning. @default 0
   * @param size - how many bytes. @default all that follow
   * @throws ValueError for an offset or a size that is negative or goes too far.
   * @throws TypeError for what is no bytes.
   * @throws BrokenPipeError when the other end is closed.
   * @throws OSError after `close`, and on a connection that only reads.
   */
  send_bytes(
    buf: BytesLike,
    options?: { readonly offset?: number; readonly size?: number | null },
  ): Promise<void>;
  send_bytes(buf: BytesLike, offset?: number, size?: number | null): Promise<void>;
  send_bytes(...args: unknown[]): Promise<void> {
    try {
      this.#checkWritable();
      const { buf, offset, size } = bindSendBytes(args);
      const bytes = slice(bytesOf(buf), offset, size);
      return this.#channel.send([bytes], bytes.length);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Resolves to the bytes of the next message.
   *
   * @param maxlength - a longer message is an error, and what is behind it cannot be read. @default any length
   * @throws OSError for a message that is longer: the connection is closed then, or only writes from then on.
   * @throws ValueError for a negative `maxlength`.
   * @throws EOFError when the other end is closed and nothing is left.
   */
  recv_bytes(maxlength?: number | null | { readonly maxlength?: number | null }): Promise<Buffer>;
  async recv_bytes(...args: unknown[]): Promise<Buffer> {
    this.#checkReadable();
    const { maxlength } = bindRecvBytes(args);
    if (maxlength !== null && maxlength < 0) throw new ValueError('negative maxlength');
    const message = await this.#channel.receive(copied, maxlength ?? Infinity);
    if (message !== null) return message.value;
    if (this.#writable) this.#readable = false;
    else this.close();
    throw new OSError('bad message length');
  }

  /**
   * Reads the bytes of the next message into a buffer. Resolves to how many they are.
   *
   * @param offset - where they begin in it, in bytes. @default 0
   * @throws BufferTooShort when they do not fit: all of the message is in `args[0]`, and it is gone.
   * @throws ValueError for an offset that is negative or goes too far.
   * @throws EOFError when the other end is closed and nothing is left.
   */
  recv_bytes_into(buf: BytesLike, offset?: number | { readonly offset?: number }): Promise<number>;
  async recv_bytes_into(...args: unknown[]): Promise<number> {
    this.#checkReadable();
    const { buf, offset } = bindInto(args);
    const target = bytesOf(buf);
    if (offset < 0) throw new ValueError('negative offset');
    if (offset > target.length) throw new ValueError('offset too large');
    const message = await this.#channel.receive((bytes) => {
      if (offset + bytes.length > target.length) return copied(bytes);
      target.set(bytes, offset);
      return bytes.length;
    }, Infinity);
    const { value } = message as { value: Buffer | number };
    if (typeof value === 'number') return value;
    throw new BufferTooShort(value);
  }

  /**
   * Resolves to whether there is a message, or the end of them.
   *
   * @param timeout - seconds to wait at most; `Infinity` for ever (Python's `None`). @default 0
   * @throws OSError after `close`, and on a connection that only writes.
   */
  poll(timeout?: number | null | { readonly timeout?: number | null }): Promise<boolean>;
  async poll(...args: unknown[]): Promise<boolean> {
    this.#checkReadable();
    // Left out is 0, but null is no end.
    const seconds = args[0] === null ? null : checkSeconds(bindPoll(args).timeout);
    return this.#channel.poll(seconds);
  }

  /** For {@link wait}. @internal */
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

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** `<multiprocessing.connection.Connection object at 0x7f0000000040>` */
  toString(): string {
    return `<multiprocessing.connection.Connection object at ${addressOf(this)}>`;
  }
}
