/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `withWorkers` */
import { get_context, type Pool } from 'multiprocessing-ts';
import { soon, until, type Method } from '../support';

/** What runs a function in several workers at once. */
export interface Bunch<R> {
  /** Resolves to what each of them has returned. */
  readonly finished: Promise<R[]>;
}

/** Starts the function with the same arguments in so many workers, one in each. */
export type Start = <A extends readonly unknown[], R>(
  count: number,
  f: (...args: A) => R | Promise<R>,
  ...args: A
) => Bunch<R>;

/** The same promises for processes and for threads, with so many workers that live as long as the tests of the theme. */
export function withWorkers(
  theme: string,
  count: number,
  promises: (start: Start, method: Method) => void,
): void {
  describe.each((['spawn', 'thread'] as const).map((method) => ({ method })))(
    `${theme} ($method)`,
    ({ method }) => {
      let pool: Pool;
      beforeAll(() => {
        pool = new (get_context(method).Pool)(count);
      });
      afterAll(async () => {
        await pool.terminate();
      });
      promises((number, f, ...args) => {
        const calls = Array.from({ length: number }, () => pool.apply_async(f as never, args as never));
        return {
          finished: soon(Promise.all(calls.map((call) => call.get())), 'the end of all') as Promise<never>,
        };
      }, method);
    },
  );
}

/** How many wait on a condition, as its repr says. */
export const waiting = (condition: object): number => Number(/(\d+)\)>$/.exec(String(condition))?.[1]);

/** Resolves when so many wait on the condition. */
export const untilWaiting = (condition: object, count: number): Promise<void> =>
  until(() => waiting(condition) === count, `that ${count} wait`);

/** Runs the call and says how many seconds it took. */
export async function timed<T>(call: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const value = await call();
  return [value, (performance.now() - start) / 1000];
}
