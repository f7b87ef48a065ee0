import type { Pickler } from './codec';

/**
 * What carries the messages of a connection: shared memory, or a socket. It knows nothing of values, and is told
 * what may be done with it; whoever uses it has looked whether it is closed.
 */
export interface Channel {
  /** How values lie in its messages, if not as in those of pipes. */
  readonly pickler?: Pickler;
  /** Its bytes are taken as they are now. @throws BrokenPipeError when nobody can read it. */
  send(pieces: readonly Uint8Array[], length: number): Promise<void>;
  /** As {@link Channel.send}, but blocks the thread. */
  sendSync(pieces: readonly Uint8Array[], length: number): void;
  /**
   * The next message. Calls are served in their order.
   *
   * @param read - gets its bytes, in memory that is used again afterwards.
   * @returns `null` for a message of more than `longest` bytes, which stays.
   * @throws EOFError when nothing will come any more.
   */
  receive<T>(read: (bytes: Buffer) => T, longest: number): Promise<{ readonly value: T } | null>;
  /** As {@link Channel.receive}, but blocks the thread. */
  receiveSync<T>(read: (bytes: Buffer) => T, longest: number): { readonly value: T } | null;
  /** Is there a message, or the end? After so many seconds at most; `null` for ever. */
  poll(seconds: number | null): Promise<boolean>;
  /** As {@link Channel.poll}, but blocks the thread. */
  pollSync(seconds: number | null): boolean;
  /** As {@link Channel.poll}, at once. */
  readonly isReady: boolean;
  /** Lets what has come be seen, where that takes turns of the event loop. */
  refresh?(): Promise<void>;
  /**
   * Calls `look` whenever it may have turned ready, and ends the sleep of a call that blocks this thread then. Gives
   * back what ends that.
   */
  watch(look: () => void): () => void;
  /** Whoever waits for it hears that it is closed. */
  close(): void;
}
