import { Deque } from '../../util/deque';
import { now } from '../../util/timers';
import { bindMap } from './arguments';
import { isDone, type FutureCore } from './future_core';
import { ZippedLists, type ArgumentLists } from './zipped';

/** How a map submits its work. */
export interface Steps<F> {
  /** Argument lists that go together; the future of more than one gives a list of results. */
  readonly chunksize: number;
  submit(lists: readonly unknown[][]): F;
}

/** A map that is to be begun. */
export interface MapPlan<F> {
  readonly iterables: readonly unknown[];
  readonly steps: Steps<F>;
  /** Seconds from now. */
  readonly timeout: number | null;
  /** Steps submitted and not yet read. */
  readonly buffersize: number | null;
  /** What the steps are submitted with: they fail by it, this only stops waiting for input. */
  readonly signals: readonly AbortSignal[];
}

/**
 * A map by `submit` alone: one by one, whatever the chunksize.
 *
 * @throws TypeError for a signal: only executors of workers know what to do with one.
 */
export function planBy<F>(inputs: readonly unknown[], submit: (args: readonly unknown[]) => F): MapPlan<F> {
  const given = bindMap(inputs);
  if (given.signal !== null) throw new TypeError("map() got an unexpected keyword argument 'signal'");
  return { ...given, signals: [], steps: { chunksize: 1, submit: ([args]) => submit(args ?? []) } };
}

/** A map without its waiting: submits what there is room for, and has the results in the order of the inputs. */
export class MapCore<F extends FutureCore<unknown>> {
  readonly signals: readonly AbortSignal[];
  readonly #steps: Steps<F>;
  readonly #buffersize: number;
  readonly #deadline: number | null;
  /** What is submitted and not read. */
  readonly #futures = new Deque<F>();
  /** What is not submitted; `null` when that is nothing any more. */
  #input: ArgumentLists | null;
  /** The results of the chunk that is being read. */
  #chunk: unknown[] = [];
  #at = 0;
  /** What ended the input before its end. */
  #failure: { readonly error: unknown } | null = null;
  #ended = false;

  /**
   * Submits the first steps, all of them if there is no `buffersize`. An asynchronous input is submitted by who reads
   * it: see {@link MapCore.add}.
   *
   * @throws what the input throws meanwhile, or `submit`.
   */
  constructor({ steps, timeout, buffersize, signals }: MapPlan<F>, input: ArgumentLists) {
    this.#steps = steps;
    this.#input = input;
    this.#buffersize = buffersize ?? Infinity;
    this.#deadline = timeout === null || timeout === Infinity ? null : now() + timeout * 1000;
    this.signals = signals;
    this.#fill();
    const failure = this.#failure;
    if (failure !== null) throw failure.error;
  }

  /** Nothing comes any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Seconds until the map's timeout. */
  get left(): number | null {
    return this.#deadline === null ? null : (this.#deadline - now()) / 1000;
  }

  /** The future that `take` waits for; none: it waits for input. */
  get first(): F | undefined {
    return this.#futures.first;
  }

  /** Is there a result, or the end, or is the future done that gives the next result? */
  get ready(): boolean {
    const { first } = this;
    return this.#ended || first === undefined || isDone(first);
  }

  /**
   * What comes next, if that is known.
   *
   * @throws what ended the input, in its place.
   */
  take(): IteratorResult<unknown, undefined> | null {
    if (this.#at < this.#chunk.length) {
      const value = this.#chunk[this.#at];
      this.#chunk[this.#at++] = undefined;
      return { done: false, value };
    }
    if (this.#ended) return { done: true, value: undefined };
    if (this.first !== undefined || this.#input !== null) return null;
    const failure = this.#failure;
    this.end();
    if (failure !== null) throw failure.error;
    return { done: true, value: undefined };
  }

  /** What the first future returned: makes room for the next step. */
  accept(value: unknown): void {
    this.#futures.shift();
    this.#chunk = this.#steps.chunksize === 1 ? [value] : (value as unknown[]);
    this.#at = 0;
    this.#fill();
  }

  /** Cancels what has not started, and closes the inputs. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const futures = [...this.#futures];
    this.#futures.clear();
    this.#chunk = [];
    for (const future of futures) future.cancel();
    this.#closeInput();
  }

  // -------------------------------------------------------------- input

  get chunksize(): number {
    return this.#steps.chunksize;
  }

  /** May more be submitted? */
  get hasRoom(): boolean {
    return this.#futures.length < this.#buffersize;
  }

  /** Is there more to be submitted? */
  get isOpen(): boolean {
    return this.#input !== null;
  }

  /** Submits one step. */
  add(lists: readonly unknown[][]): void {
    this.#futures.push(this.#steps.submit(lists));
  }

  /** The input has ended by itself. */
  finish(): void {
    this.#input = null;
  }

  /** The input fails: that comes in its place, after the results that are on their way. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#closeInput();
  }

  /** Submits what there is room for. */
  #fill(): void {
    const input = this.#input;
    if (!(input instanceof ZippedLists)) return;
    try {
      while (this.hasRoom && this.#submitFrom(input));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Takes one step from the input and submits it; false at its end. */
  #submitFrom(input: ZippedLists): boolean {
    const lists: unknown[][] = [];
    while (lists.length < this.#steps.chunksize) {
      const list = input.next();
      if (list === null) {
        this.finish();
        break;
      }
      lists.push(list);
    }
    // The input is the user's code, and may have ended this.
    if (this.#ended) return false;
    if (lists.length > 0) this.add(lists);
    return this.#input !== null;
  }

  #closeInput(): void {
    const input = this.#input;
    this.#input = null;
    input?.close();
  }
}
