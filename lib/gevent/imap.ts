import { Deque } from '../util/deque';
import type { Throwable } from './arguments';
import { GreenletExit } from './errors';
import { Greenlet } from './greenlet';
import { Inputs } from './inputs';
import { Bell, optional, untilLinked } from './waits';

/** What an iterator over results is made from. */
export interface Mapping {
  readonly func: (...args: unknown[]) => unknown;
  readonly iterables: readonly unknown[];
  /** How many results may be there and not yet asked for. */
  readonly maxsize: number;
  /** Starts a greenlet in the group; resolves when it is inside. */
  readonly start: (greenlet: Greenlet) => Promise<void>;
}

/** Greenlets that have ended, in the order in which they are to be given. */
interface Results {
  put(index: number, greenlet: Greenlet): void;
  take(): Greenlet | undefined;
}

class AsTheyCome implements Results {
  readonly #greenlets = new Deque<Greenlet>();

  put(_index: number, greenlet: Greenlet): void {
    this.#greenlets.push(greenlet);
  }

  take(): Greenlet | undefined {
    return this.#greenlets.shift();
  }
}

class InOrder implements Results {
  readonly #greenlets = new Map<number, Greenlet>();
  #next = 0;

  put(index: number, greenlet: Greenlet): void {
    this.#greenlets.set(index, greenlet);
  }

  take(): Greenlet | undefined {
    const greenlet = this.#greenlets.get(this.#next);
    if (greenlet !== undefined) this.#greenlets.delete(this.#next++);
    return greenlet;
  }
}

/**
 * What `imap_unordered` returns: an async iterator over the results, in the order in which they come.
 *
 * A greenlet of its own takes the items and starts the others. An item that fails rejects at its place, and later
 * items still come: with `for await` the loop ends there, with `next()` one can go on.
 */
export class IMapUnordered<T> implements AsyncIterableIterator<T, undefined> {
  readonly #mapper: Greenlet;
  readonly #results: Results;
  readonly #news = new Bell();
  readonly #asked = new Bell();
  #permits: number;
  #running = 0;
  /** No more greenlets are started. */
  #complete = false;
  /** Nobody reads any more. */
  #left = false;
  #failure: { readonly error: unknown } | null = null;

  /** Made by the methods of a group. */
  constructor(mapping: Mapping, results: Results = new AsTheyCome()) {
    this.#results = results;
    this.#permits = mapping.maxsize;
    const inputs = new Inputs(mapping.iterables);
    const imap = (): Promise<void> => this.#map(mapping, inputs);
    this.#mapper = new Greenlet(imap);
    this.#mapper.rawlink((mapper) => {
      inputs.close();
      this.#complete = true;
      const error = mapper.successful() ? mapper.value : mapper.exception;
      if (!mapper.successful() || error instanceof GreenletExit) this.#failure = { error };
      this.#news.ring();
    });
    this.#mapper.start();
  }

  async #map({ func, start }: Mapping, inputs: Inputs): Promise<void> {
    for (let index = 0; ; index++) {
      while (this.#permits === 0) await untilLinked(this.#asked);
      this.#permits--;
      const args = await inputs.next();
      if (args === null || this.#left) return;
      const greenlet = new Greenlet(func, ...args);
      this.#running++;
      greenlet.rawlink(() => {
        this.#running--;
        if (!this.#left) this.#results.put(index, greenlet);
        this.#news.ring();
      });
      try {
        await start(greenlet);
      } catch (error) {
        void greenlet.kill({ block: false });
        throw error;
      }
    }
  }

  /**
   * The next result.
   *
   * @throws what the item's function threw; what the input threw, after all results; `GreenletExit` when the group
   *   was killed, after the results that are there.
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   */
  next(): Promise<IteratorResult<T, undefined>> {
    return optional(this.#next());
  }

  async #next(): Promise<IteratorResult<T, undefined>> {
    this.#permits++;
    this.#asked.ring();
    for (;;) {
      const greenlet = this.#results.take();
      if (greenlet !== undefined) return { value: (await greenlet.get()) as T, done: false };
      if (this.#left || (this.#complete && this.#running === 0)) return this.#finish();
      await untilLinked(this.#news);
    }
  }

  #finish(): IteratorReturnResult<undefined> {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null && !this.#left) throw failure.error;
    return { value: undefined, done: true };
  }

  /** Leaves: closes the input and starts no more. Called by a `for await` loop that is left early. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#left = true;
    this.stop();
    this.#news.ring();
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Starts no more: what is running runs on. */
  stop(exception: Throwable = GreenletExit): void {
    void this.#mapper.kill(exception, false);
  }

  /** Calls back when no more is going to be started. */
  onEnd(callback: () => void): void {
    this.#mapper.rawlink(callback);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Leaves, as `return` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/** What `imap` returns: as {@link IMapUnordered}, in the order of the input. */
export class IMap<T> extends IMapUnordered<T> {
  /** Made by the methods of a group. */
  constructor(mapping: Mapping) {
    super(mapping, new InOrder());
  }
}
