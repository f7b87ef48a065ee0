import { inspect } from 'node:util';
import { isComplete, type FutureCore } from './future_core';

/** What `wait` gives: Python's named tuple, so it is the pair `[done, not_done]` too. */
export type DoneAndNotDoneFutures<F extends FutureCore<unknown>> = readonly [
  done: Set<F>,
  not_done: Set<F>,
] & {
  readonly done: Set<F>;
  readonly not_done: Set<F>;
  /** `DoneAndNotDoneFutures(done={<Future …>}, not_done=set())` */
  toString(): string;
};

/** Parts futures as they are now. */
export function part<F extends FutureCore<unknown>>(futures: Iterable<F>): DoneAndNotDoneFutures<F> {
  const done = new Set<F>();
  const not_done = new Set<F>();
  for (const each of futures) (isComplete(each) ? done : not_done).add(each);
  return new Pair(done, not_done) as unknown as DoneAndNotDoneFutures<F>;
}

/** An array, because that is what TypeScript takes apart with the type of each place. */
const Pair = class DoneAndNotDoneFutures extends Array<Set<FutureCore<unknown>>> {
  /** What `map` and the like make of it is no pair. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  get done(): Set<FutureCore<unknown>> | undefined {
    return this[0];
  }

  get not_done(): Set<FutureCore<unknown>> | undefined {
    return this[1];
  }

  override toString(): string {
    return `DoneAndNotDoneFutures(done=${text(this.done)}, not_done=${text(this.not_done)})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
};

function text(futures: ReadonlySet<FutureCore<unknown>> = new Set()): string {
  return futures.size === 0 ? 'set()' : `{${[...futures].map(String).join(', ')}}`;
}
