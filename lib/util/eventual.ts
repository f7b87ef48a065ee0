import { isThenable } from './thenable';
import { uncaught } from './uncaught';

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * A value that comes, or an error. Unlike a promise it tells at once: so a call that blocks the thread can wait for it
 * as well as the event loop. Nobody is told of an error that nobody takes.
 */
export class Eventual<T> {
  #outcome: Outcome<T> | null = null;
  #listeners: (() => void)[] = [];

  static of<T>(value: T): Eventual<T> {
    const eventual = new Eventual<T>();
    eventual.settle(value);
    return eventual;
  }

  /** What a call gives, or throws. */
  static try<T>(call: () => Eventual<T>): Eventual<T> {
    try {
      return call();
    } catch (error) {
      const failed = new Eventual<T>();
      failed.fail(error);
      return failed;
    }
  }

  /** For what only the event loop can do. */
  static from<T>(promise: PromiseLike<T>): Eventual<T> {
    const eventual = new Eventual<T>();
    promise.then(
      (value) => {
        eventual.settle(value);
      },
      (error: unknown) => {
        eventual.fail(error);
      },
    );
    return eventual;
  }

  get hasValue(): boolean {
    return this.#outcome !== null && 'value' in this.#outcome;
  }

  get isSettled(): boolean {
    return this.#outcome !== null;
  }

  /** As the other one, which is settled. */
  follow(other: Eventual<T>): void {
    if (other.#outcome !== null) this.#end(other.#outcome);
  }

  settle(value: T): void {
    this.#end({ value });
  }

  fail(error: unknown): void {
    this.#end({ error });
  }

  /** Calls `listener` when it is settled: now, if it is. */
  whenSettled(listener: () => void): void {
    if (this.#outcome !== null) listener();
    else this.#listeners.push(listener);
  }

  /** The value, if it is settled. @throws the error */
  take(): T {
    const outcome = this.#outcome as Outcome<T>;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  promise(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.whenSettled(() => {
        const outcome = this.#outcome as Outcome<T>;
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.value);
      });
    });
  }

  /** In steps: `yield* eventual` is what `await promise` is in an async function. */
  *[Symbol.iterator](): Generator<Eventual<unknown>, T, unknown> {
    if (this.#outcome === null) yield this;
    return this.take();
  }

  #end(outcome: Outcome<T>): void {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    const listeners = this.#listeners;
    this.#listeners = [];
    tellAll(listeners);
  }
}

/** Tells all, whatever some of them throw: the first such error is for who brought the value, others are reported. */
function tellAll(listeners: readonly (() => void)[]): void {
  let failure: { readonly error: unknown } | null = null;
  for (const listener of listeners) {
    try {
      listener();
    } catch (error) {
      if (failure === null) failure = { error };
      else uncaught(error);
    }
  }
  if (failure !== null) throw failure.error;
}

/** What takes several steps, each of which may have to be waited for. */
export type Course<T> = Generator<Eventual<unknown>, T, unknown>;

/** Goes through them: on at once whenever what is waited for has come, whoever has brought it. */
export function go<T>(course: Course<T>): Eventual<T> {
  const result = new Eventual<T>();
  const step = (): void => {
    try {
      for (let next = course.next(); ; next = course.next()) {
        if (next.done === true) {
          result.settle(next.value);
          return;
        }
        if (next.value.isSettled) continue;
        next.value.whenSettled(step);
        return;
      }
    } catch (error) {
      result.fail(error);
    }
  };
  step();
  return result;
}

/** Waits for it, whatever it comes to. */
export function* after(eventual: Eventual<unknown>): Course<void> {
  if (!eventual.isSettled) {
    const end = new Eventual<void>();
    eventual.whenSettled(() => {
      end.settle();
    });
    yield* end;
  }
}

/** What a function of the user has given: it may be a promise. */
export function eventually<T>(given: T | PromiseLike<T>): Eventual<T> {
  return isThenable(given) ? Eventual.from(given) : Eventual.of(given);
}
