import { Buffer } from 'node:buffer';
import { EOFError } from '../errors';
import { arena } from '../native/arena';
import type { Ring } from '../native/ring';
import { REDUCE } from '../reduction/registry';
import { Line } from '../util/line';
import { now } from '../util/timers';
import { ready } from '../util/turn';
import type { Channel } from './channel';
import { DeadChannel } from './dead_channel';
import { End, type SharedEnd } from './end';
import { brokenPipe, isClosed } from './errors';
import { Patience } from '../util/patience';
import { other } from './pipe_memory';

/** How often who uses it looks whether the other end lives, in milliseconds: that takes 20 µs or more. */
const LOOK = 50;

/** Connections that are dropped give up what they held, as in Python. */
const dropped = new FinalizationRegistry<End>((end) => {
  end.release();
});

/**
 * A connection through shared memory. Who holds the other end is looked at while waiting, so that nobody waits for
 * the dead.
 */
export class PipeChannel implements Channel {
  static readonly [REDUCE] = {
    reduce: (channel: PipeChannel): SharedEnd => channel.#end.send(),
    rebuild: (shared: SharedEnd): Channel => {
      const end = End.receive(shared);
      return end === null ? new DeadChannel() : new PipeChannel(end);
    },
  };

  readonly #end: End;
  readonly #in: Ring | null;
  readonly #out: Ring | null;
  /** What is waited for here, and there. */
  readonly #reading: number;
  readonly #writing: number;
  readonly #theirReading: number;
  readonly #theirWriting: number;
  readonly #sends = new Line();
  readonly #receives = new Line();
  readonly #patience = new Patience();
  #closed = false;
  #looked = 0;

  constructor(end: End) {
    this.#end = end;
    const { memory, id } = end;
    this.#in = memory.rings[id];
    this.#out = memory.rings[other(id)];
    this.#reading = memory.readingAt(id);
    this.#writing = memory.writingAt(id);
    this.#theirReading = memory.readingAt(other(id));
    this.#theirWriting = memory.writingAt(other(id));
    dropped.register(this, end, this);
  }

  // ---------------------------------------------------------------- send

  /** False if there is no room now. */
  trySend(pieces: readonly Uint8Array[], length: number): boolean {
    this.#check();
    if (this.#isAlone()) throw brokenPipe();
    if (this.#out?.tryPush(pieces, length) !== true) return false;
    arena().waiting.notify(this.#theirReading);
    return true;
  }

  send(pieces: readonly Uint8Array[], length: number): Promise<void> {
    try {
      if (this.#sends.isEmpty && this.trySend(pieces, length)) return ready(undefined);
      // As they are now: the caller may change them while we wait.
      return this.#waitToSend([Buffer.concat(pieces, length)], length);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #waitToSend(pieces: readonly Uint8Array[], length: number): Promise<void> {
    const { waiting } = arena();
    await this.#sends.wait(
      () => this.trySend(pieces, length),
      (attempt) => waiting.wait(this.#writing, attempt, null),
      () => {
        waiting.notify(this.#writing);
      },
    );
  }

  sendSync(pieces: readonly Uint8Array[], length: number): void {
    if (this.trySend(pieces, length)) return;
    // As they are now: callbacks may run while this thread blocks.
    const kept = [Buffer.concat(pieces, length)];
    arena().waiting.waitSync(this.#writing, () => this.trySend(kept, length), null);
  }

  // ------------------------------------------------------------- receive

  /** `null` if there is nothing now; the length of a message that is too long. */
  tryReceive<T>(read: (bytes: Buffer) => T, longest: number): { readonly value: T } | number | null {
    this.#check();
    const ring = this.#in;
    if (ring === null) return null;
    let result = ring.pop(read, longest);
    if (result === null && this.#isAlone()) {
      // The last message may have come with the end.
      result = ring.pop(read, longest);
      if (result === null) throw new EOFError();
    }
    if (typeof result === 'object' && result !== null) arena().waiting.notify(this.#theirWriting);
    return result;
  }

  receive<T>(read: (bytes: Buffer) => T, longest: number): Promise<{ readonly value: T } | null> {
    try {
      let result: { readonly value: T } | number | null = null;
      if (this.#receives.isEmpty) {
        result = this.tryReceive(read, longest);
        if (result === null && this.#patience.look(this.#hasMessage)) result = this.tryReceive(read, longest);
      }
      if (result !== null) return ready(typeof result === 'number' ? null : result);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#waitToReceive(read, longest);
  }

  async #waitToReceive<T>(
    read: (bytes: Buffer) => T,
    longest: number,
  ): Promise<{ readonly value: T } | null> {
    const { waiting } = arena();
    let result: { readonly value: T } | number | null = null;
    await this.#receives.wait(
      () => (result = this.tryReceive(read, longest)) !== null,
      (attempt) => waiting.wait(this.#reading, attempt, null),
      () => {
        waiting.notify(this.#reading);
      },
    );
    return typeof result === 'number' ? null : result;
  }

  receiveSync<T>(read: (bytes: Buffer) => T, longest: number): { readonly value: T } | null {
    let result = this.tryReceive(read, longest);
    if (result === null) {
      this.#patience.look(this.#hasMessage);
      const attempt = (): boolean => (result = this.tryReceive(read, longest)) !== null;
      arena().waiting.waitSync(this.#reading, attempt, null);
    }
    return typeof result === 'number' ? null : result;
  }

  // ---------------------------------------------------------------- look

  get isReady(): boolean {
    this.#check();
    return this.#in?.isEmpty === false || this.#isAlone();
  }

  poll(seconds: number | null): Promise<boolean> {
    try {
      if (this.isReady) return ready(true);
      if (seconds !== null && seconds <= 0) return ready(false);
      if ((seconds === null || seconds > 0.001) && this.#patience.look(this.#hasMessage)) return ready(true);
    } catch (error) {
      return Promise.reject(error);
    }
    return arena().waiting.wait(this.#reading, () => this.isReady, seconds);
  }

  pollSync(seconds: number | null): boolean {
    if (this.isReady) return true;
    // Who does not wait takes in what has come: a callback may have sent something.
    return arena().waiting.waitSync(this.#reading, () => this.isReady, seconds);
  }

  /** @param isBackground - see `watch` of lib/native/waiting.ts. */
  watch(look: () => void, isBackground = false): () => void {
    return arena().waiting.watch(this.#reading, look, isBackground);
  }

  /** Not to be asked when it is closed, as {@link PipeChannel.isUnread}. */
  get hasMessage(): boolean {
    return this.#hasMessage();
  }

  /** Is there something that the other end has not read? */
  get isUnread(): boolean {
    return this.#out?.isEmpty === false;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    dropped.unregister(this);
    this.#end.release();
    // Those here who wait for it.
    arena().waiting.notify(this.#reading);
    arena().waiting.notify(this.#writing);
  }

  readonly #hasMessage = (): boolean => this.#in?.isEmpty === false;

  /** From here on its memory may be somebody else's. */
  #check(): void {
    if (this.#closed) throw isClosed();
  }

  /** Is nobody at the other end? */
  #isAlone(): boolean {
    if (this.#end.memory.claims[other(this.#end.id)].areGone) return true;
    const time = now();
    if (time - this.#looked < LOOK) return false;
    this.#looked = time;
    return this.#end.isAlone();
  }
}
