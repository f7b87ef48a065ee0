import { after } from '../util/after';
import { Deque } from '../util/deque';
import { TimeoutError, ValueError } from '../errors';
import type { Engine } from '../engine/engine';
import type { Failure } from '../engine/failure';
import { Task, TaskState, type Receiver, type Source } from '../engine/task';
import { encodeArguments } from '../reduction/sending';
import { CallKind } from '../wire/protocol';
import { onAbort, type CallOptions, type Job, type PicklingFailure } from './calls';
import { errorOf } from './errors';
import { ItemReader } from './item_reader';

/** What one `next()` will give. */
export type Item =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** How far `close()` and the end of the input have come. */
enum End {
  Open,
  /** No more input is taken; what is submitted still comes. */
  Taken,
  /** Nothing will come any more. */
  Reached,
}

export interface ImapOptions extends CallOptions {
  readonly chunksize: number;
  readonly ordered: boolean;
  /** At most so many items are submitted and unread; `null` for no bound. */
  readonly buffersize: number | null;
}

/**
 * The work behind an IMapIterator: takes input when a worker can use it, puts
 * the results in order, and hands them to whoever asks.
 */
export class ImapCall implements Source, Receiver {
  readonly order: number;
  readonly #engine: Engine;
  readonly #job: Job | PicklingFailure;
  readonly #options: ImapOptions;
  readonly #input: ItemReader;
  readonly #running = new Set<Task>();
  /** Results that came before their turn, by chunk. */
  readonly #early = new Map<number, Item[]>();
  readonly #items = new Deque<Item>();
  readonly #readers = new Deque<Reader>();
  #nextChunk = 0;
  #dueChunk = 0;
  /** Items submitted whose results nobody has taken. */
  #unread = 0;
  #end = End.Open;
  /** What the iterator rejects with when everything before it is taken. */
  #lastError: { readonly error: unknown } | null = null;
  #unlisten: (() => void) | null = null;

  constructor(engine: Engine, job: Job | PicklingFailure, iterable: unknown, options: ImapOptions) {
    this.order = engine.nextOrder();
    this.#engine = engine;
    this.#job = job;
    this.#options = options;
    this.#input = new ItemReader(iterable, () => {
      engine.wakeSource(this);
    });
    if (options.signal !== null) {
      if (options.signal.aborted) this.#abort(options.signal.reason);
      else {
        this.#unlisten = onAbort(options.signal, (reason) => {
          this.#abort(reason);
        });
      }
    }
  }

  /** May it still take something from its input? */
  get isOpen(): boolean {
    return this.#end === End.Open;
  }

  get bounded(): boolean {
    return this.#options.buffersize !== null;
  }

  // -------------------------------------------------------------- input

  pull(): Task | 'wait' | 'done' {
    while (this.#end === End.Open) {
      const { buffersize, chunksize } = this.#options;
      // Whole chunks only: how items travel together must not depend on how fast they are read.
      const most = buffersize === null ? chunksize : Math.min(chunksize, buffersize);
      if (buffersize !== null && this.#unread + most > buffersize) return 'wait';
      const part = this.#input.read(most);
      if (part === 'wait') return 'wait';
      if (part.items.length > 0) {
        const task = this.#task(part.items);
        if (task !== null) {
          this.#running.add(task);
          return task;
        }
      } else {
        this.#finishInput(part.error ?? null);
      }
    }
    return 'done';
  }

  #task(items: readonly unknown[]): Task | null {
    const index = this.#nextChunk++;
    this.#unread += items.length;
    try {
      if ('unsendable' in this.#job) throw this.#job.unsendable;
      const { fn, pace } = this.#job;
      const single = this.#options.chunksize === 1;
      const kind = single ? CallKind.Apply : CallKind.Map;
      const value = encodeArguments(items, this.#engine.sharesMemory);
      const id = this.#engine.nextTaskId();
      const { timeout } = this.#options;
      return new Task(id, this.order, this, fn, kind, value, pace, index, items.length, timeout);
    } catch (error) {
      this.#arrived(index, [{ ok: false, error }], items.length);
      return null;
    }
  }

  #finishInput(error: { readonly error: unknown } | null): void {
    this.#lastError ??= error;
    this.#end = End.Taken;
    this.#checkEnd();
  }

  /** `close()`: an input that waits for its reader might wait for ever. */
  close(): void {
    if (!this.bounded || this.#end !== End.Open) return;
    this.#input.close();
    this.#finishInput({ error: new ValueError('Pool not running') });
    this.#engine.wakeSource(this);
  }

  stop(failure: Failure): void {
    this.#cut(errorOf(failure));
  }

  #abort(reason: unknown): void {
    for (const task of this.#cut(reason)) this.#engine.abort(task, reason);
    this.#engine.wakeSource(this);
  }

  /** What has come in its turn is still given; then the error, once, whatever is under way. */
  #cut(error: unknown): Task[] {
    // Its place in the queue may outlive it: who has got to the end, or has left, is told nothing more.
    if (this.#end === End.Reached) return [];
    const running = [...this.#running];
    this.#running.clear();
    this.#early.clear();
    this.#dueChunk = this.#nextChunk;
    this.#input.close();
    this.#finishInput({ error });
    return running;
  }

  /** The reader has left: what is not started is dropped. */
  abandon(): void {
    this.#input.close();
    this.#lastError = null;
    this.#end = End.Reached;
    this.#unlisten?.();
    const running = [...this.#running];
    this.#running.clear();
    for (const task of running) if (task.state !== TaskState.Settled) this.#engine.drop(task);
    this.#items.clear();
    this.#early.clear();
    this.#engine.wakeSource(this);
    while (this.#readers.length > 0) this.#readers.shift()?.done();
  }

  // ------------------------------------------------------------- results

  returned(task: Task, value: unknown): void {
    this.#running.delete(task);
    const values = this.#options.chunksize === 1 ? [value] : (value as unknown[]);
    this.#arrived(
      task.index,
      values.map((each) => ({ ok: true, value: each })),
      task.items,
    );
  }

  failed(task: Task, error: unknown): void {
    this.#running.delete(task);
    // The whole chunk is lost with its failing item.
    this.#arrived(task.index, [{ ok: false, error }], task.items);
  }

  lost(task: Task, failure: Failure): void {
    this.failed(task, errorOf(failure));
  }

  #arrived(index: number, items: Item[], submitted: number): void {
    if (this.#end === End.Reached) return;
    // A failed chunk gives one answer for all its items.
    this.#unread -= submitted - items.length;
    if (!this.#options.ordered) {
      this.#dueChunk++;
      for (const item of items) this.#give(item);
    } else {
      this.#early.set(index, items);
      for (
        let due = this.#early.get(this.#dueChunk);
        due !== undefined;
        due = this.#early.get(this.#dueChunk)
      ) {
        this.#early.delete(this.#dueChunk++);
        for (const item of due) this.#give(item);
      }
    }
    this.#checkEnd();
  }

  #give(item: Item): void {
    const reader = this.#readers.shift();
    if (reader === undefined) {
      this.#items.push(item);
    } else {
      this.#taken();
      reader.give(item);
    }
  }

  #taken(): void {
    this.#unread--;
    if (this.#options.buffersize !== null && this.#end === End.Open) this.#engine.wakeSource(this);
  }

  #checkEnd(): void {
    if (this.#end !== End.Taken || this.#dueChunk < this.#nextChunk) return;
    this.#unlisten?.();
    const last = this.#lastError;
    this.#lastError = null;
    if (last !== null) {
      this.#unread++;
      this.#give({ ok: false, error: last.error });
    }
    this.#end = End.Reached;
    while (this.#readers.length > 0) this.#readers.shift()?.done();
  }

  // -------------------------------------------------------------- output

  /** The next item, if it is there; `null` after the last one. */
  take(): Item | null | undefined {
    const item = this.#items.shift();
    if (item !== undefined) this.#taken();
    return item ?? (this.#end === End.Reached ? null : undefined);
  }

  next(timeout: number | null): Promise<IteratorResult<unknown, undefined>> {
    const item = this.take();
    if (item === null) return Promise.resolve({ value: undefined, done: true });
    if (item !== undefined) {
      return item.ok ? Promise.resolve({ value: item.value, done: false }) : Promise.reject(item.error);
    }
    return new Promise((resolve, reject) => {
      const reader = new Reader(resolve, reject);
      this.#readers.push(reader);
      if (timeout !== null) {
        reader.expire(timeout, () => {
          const others = [...this.#readers].filter((each) => each !== reader);
          this.#readers.clear();
          for (const other of others) this.#readers.push(other);
        });
      }
    });
  }
}

/** Somebody who waits for the next item. */
class Reader {
  readonly #resolve: (result: IteratorResult<unknown, undefined>) => void;
  readonly #reject: (error: unknown) => void;
  #cancel: (() => void) | null = null;

  constructor(
    resolve: (result: IteratorResult<unknown, undefined>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  give(item: Item): void {
    this.#cancel?.();
    if (item.ok) this.#resolve({ value: item.value, done: false });
    else this.#reject(item.error);
  }

  done(): void {
    this.#cancel?.();
    this.#resolve({ value: undefined, done: true });
  }

  expire(seconds: number, leave: () => void): void {
    this.#cancel = after(Math.max(0, seconds), () => {
      leave();
      this.#reject(new TimeoutError());
    });
  }
}
