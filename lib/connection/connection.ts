import type { Buffer } from 'node:buffer';
import { REDUCE } from '../reduction/registry';
import type { BytesLike } from './bytes';
import { ConnectionCore, type ConnectionReducer, type Reading } from './connection_core';

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
export class Connection extends ConnectionCore {
  static readonly [REDUCE]: ConnectionReducer = {
    reduce: (connection: Connection) => connection.share(),
    rebuild: ({ channel, readable, writable }) => new Connection(channel, readable, writable),
  };

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
      const { pieces, length } = this.outgoing(obj);
      return this.channel.send(pieces, length);
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
  recv(): Promise<unknown> {
    return this.#receive(() => this.wantedValue());
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
      const { pieces, length } = this.outgoingBytes(args);
      return this.channel.send(pieces, length);
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
  recv_bytes(...args: unknown[]): Promise<Buffer> {
    return this.#receive(() => this.wantedBytes(args));
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
  recv_bytes_into(...args: unknown[]): Promise<number> {
    return this.#receive(() => this.wantedInto(args));
  }

  /**
   * Resolves to whether there is a message, or the end of them.
   *
   * @param timeout - seconds to wait at most; `Infinity` for ever (Python's `None`). @default 0
   * @throws OSError after `close`, and on a connection that only writes.
   */
  poll(timeout?: number | null | { readonly timeout?: number | null }): Promise<boolean>;
  async poll(...args: unknown[]): Promise<boolean> {
    return await this.channel.poll(this.patience(args));
  }

  /** @param wanted - what it throws the promise rejects with. */
  async #receive<M, T>(wanted: () => Reading<M, T>): Promise<T> {
    const { read, longest, give } = wanted();
    return give(await this.channel.receive(read, longest));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
