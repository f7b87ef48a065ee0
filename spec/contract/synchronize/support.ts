/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `withWorkers` */
import { appendFileSync } from 'node:fs';
import { get_context, type Condition, type Pool } from 'multiprocessing-ts';
import type * as Arena from '../../../lib/native/arena';
import { Slot, SLOTS } from '../../../lib/native/layout';
import { lines, soon, until, type Facade, type Method } from '../support';

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

/**
 * The same promises for processes and for threads, with so many workers that live as long as the tests of the theme.
 * For the facade that blocks with processes only: it is the same there.
 */
export function withWorkers(
  theme: string,
  count: number,
  promises: (start: Start, method: Method) => void,
  facade: Facade = 'async',
): void {
  const methods: readonly Method[] = facade === 'async' ? ['spawn', 'thread'] : ['spawn'];
  describe.each(methods.map((method) => ({ method })))(`${theme} ($method)`, ({ method }) => {
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
        finished: soon(Promise.all(calls.map((call) => call.get())), 'the end of all', 240) as Promise<never>,
      };
    }, method);
  });
}

/** How many wait on a condition, as its repr says. */
export const waiting = (condition: Condition): number => Number(/(\d+)\)>$/.exec(String(condition))?.[1]);

/** Resolves when so many wait on the condition. */
export const untilWaiting = (condition: Condition, count: number): Promise<void> =>
  until(() => waiting(condition) === count, `that ${count} wait`);

/** Runs the call and says how many seconds it took. */
export async function timed<T>(call: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const value = await call();
  return [value, (performance.now() - start) / 1000];
}

/** What lies behind the classes, of the same copy of this package that the specs import. */
const { arena } = jest.requireActual<typeof Arena>('../../../dist/lib/native/arena.js');

/** Resolves when so many threads that live wait for something in shared memory, on their event loops or blocked. */
export const untilThreadsWait = (count: number): Promise<void> =>
  until(() => waitingThreads() === count, `that ${count} threads wait`);

function waitingThreads(): number {
  const { slots } = arena();
  const words = SLOTS / 32;
  const waits = (id: number): boolean =>
    slots.buckets.some((bits, i) => i % words === id >> 5 && (bits & (1 << (id & 31))) !== 0);
  return Array.from({ length: slots.used }, (_, id) => id).filter(
    (id) => slots.isAlive(slots.load(id, Slot.Token)) && waits(id),
  ).length;
}

/** In a worker: holds on to what it has, for ever. */
const stay = (file: string): Promise<never> => {
  appendFileSync(file, `${process.pid}\n`);
  return new Promise(() => {
    // Until it is killed.
  });
};

/** A worker that is to die. */
export interface Doomed {
  /** It has run its function. */
  readonly there: Promise<void>;
  kill: () => Promise<void>;
}

/** Runs the function in the worker of this pool, which stays, and is killed: a thread with its pool. */
export function doom<A extends readonly unknown[]>(
  pool: Pool,
  method: Method,
  file: string,
  f: (...args: A) => unknown,
  args: A,
): Doomed {
  const result = pool.apply_async(
    async (g: (...given: readonly unknown[]) => unknown, given: readonly unknown[], name: string) => {
      await g(...given);
      await stay(name);
    },
    [f as never, args, file],
  );
  return {
    there: until(() => lines(file).length > 0, 'that it is there'),
    kill: async () => {
      if (method === 'thread') await pool.terminate();
      else process.kill(Number(lines(file)[0]), 'SIGKILL');
      await expect(soon(result.get())).rejects.toThrow(/./);
    },
  };
}
