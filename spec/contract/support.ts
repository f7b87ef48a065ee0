/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `contract` */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { get_context, type Pool } from 'multiprocessing-ts';
import { get_native_id } from 'multiprocessing-ts/builtins';
import * as sync from 'multiprocessing-ts/sync/pool';
import { inClothes } from './blocking';
import type { Initializer, PoolOptions } from 'multiprocessing-ts/pool';

/** `new Pool(...)`, in all its forms. */
export interface MakePool {
  (options?: PoolOptions): Pool;
  (processes: number | null | undefined, options?: Omit<PoolOptions, 'processes'>): Pool;
  (
    processes: number,
    initializer: Initializer,
    options?: Omit<PoolOptions, 'processes' | 'initializer'>,
  ): Pool;
  (
    processes: number,
    initializer: Initializer | null,
    initargs: Iterable<unknown>,
    options: Pick<PoolOptions, 'maxtasksperchild'>,
  ): Pool;
  (
    processes?: number | null,
    initializer?: Initializer | null,
    initargs?: Iterable<unknown> | null,
    maxtasksperchild?: number | null,
  ): Pool;
  /**
   * A pool of so many workers for all promises of a theme that ask nothing of it but that it runs: to start one for
   * each takes longer than the promise itself.
   */
  readonly shared: (processes: number) => Pool;
}

/** How workers are started, for the few promises that processes and threads keep in different ways. */
export type Method = 'spawn' | 'thread';

/** Every kind of pool that keeps the contract. */
export const METHODS: readonly Method[] = ['spawn', 'thread'];

/** The two facades: the methods of one give promises, those of the other block. */
export type Facade = 'async' | 'sync';
export const BOTH: readonly Facade[] = ['async', 'sync'];

/** How workers are started: for all, or for each facade. */
export type Methods = readonly Method[] | Readonly<Record<Facade, readonly Method[]>>;

/** Where it makes no difference to the facade that blocks how workers are started. */
export const SPAWN: Methods = { async: METHODS, sync: ['spawn'] };

/** Every facade with every start method that is to be tested. */
export const kindsOf = (facades: readonly Facade[], methods: Methods): { facade: Facade; method: Method }[] =>
  facades.flatMap((facade) =>
    ('sync' in methods ? methods[facade] : methods).map((method) => ({ method, facade })),
  );

/**
 * The same promises for every kind of pool, and those that say so for both facades. `makePool` makes one that is
 * terminated after the test, so that a test that fails leaves nothing behind.
 *
 * @param methods - how their workers are started, where not every way matters.
 */
export function contract(
  theme: string,
  promises: (makePool: MakePool, method: Method, facade: Facade) => void,
  facades: readonly Facade[] = ['async'],
  methods: Methods = METHODS,
): void {
  describe.each(kindsOf(facades, methods))(`${theme} ($facade, $method)`, ({ method, facade }) => {
    const pools: Pool[] = [];
    const shared = new Map<number, Pool>();
    afterAll(async () => {
      await Promise.all([...shared.values()].map((pool) => pool.terminate()));
    });
    afterEach(async () => {
      await Promise.all(pools.splice(0).map((pool) => pool.terminate()));
    });
    const makePool = (...args: unknown[]): Pool => {
      const pool = make(facade, method, args as [number]);
      pools.push(pool);
      return pool;
    };
    makePool.shared = (processes: number): Pool => {
      let pool = shared.get(processes);
      if (pool === undefined) shared.set(processes, (pool = make(facade, method, [processes])));
      return pool;
    };
    promises(makePool, method, facade);
  });
}

function make(facade: Facade, method: Method, args: [number]): Pool {
  if (facade === 'async') return new (get_context(method).Pool)(...args);
  return inClothes(method === 'spawn' ? new sync.Pool(...args) : new sync.ThreadPool(...args));
}

// ----------------------------------------------------------------- oracle

export interface Recorded {
  readonly case: string;
  readonly ok?: unknown;
  readonly exc?: { readonly type: string; readonly str: string };
  readonly hang?: number;
}

/** What CPython 3.11 answered in the cases of one probe, by name: see spec/oracle/README.md. */
export function oracle(probe: string): (name: string) => Recorded {
  const text = readFileSync(join(__dirname, '..', 'oracle', `${probe}.3.11.out`), 'utf8');
  const cases = new Map<string, Recorded>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    // Python's JSON has numbers that are none.
    const recorded = JSON.parse(line.replace(/(?<=\[)NaN(?=\])/g, '"NaN"')) as Recorded;
    cases.set(recorded.case, { ...recorded, ok: plain(recorded.ok) });
  }
  return (name) => {
    const recorded = cases.get(name);
    if (recorded === undefined) throw new Error(`${probe} has no case '${name}'`);
    return recorded;
  };
}

/** Tuples and sets of the recording as arrays. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  const only = Object.keys(record).length === 1 ? (record.tuple ?? record.set) : undefined;
  if (only !== undefined) return plain(only);
  return Object.fromEntries(Object.entries(record).map(([key, each]) => [key, plain(each)]));
}

// ---------------------------------------------------------------- observing

/** The class and the message of what a call throws or rejects with, as the recording has them. */
export async function excOf(call: () => unknown): Promise<{ type: string; str: string }> {
  try {
    await call();
  } catch (error) {
    return { type: (error as Error).name, str: (error as Error).message };
  }
  throw new Error('nothing was thrown');
}

/** As {@link excOf} for a recorded exception: without the module of its class. */
export function exc(recorded: Recorded): { type: string; str: string } {
  if (recorded.exc === undefined) throw new Error(`'${recorded.case}' raised nothing`);
  return { type: recorded.exc.type.replace(/^.*\./, ''), str: recorded.exc.str };
}

/** What the recording calls StopIteration. */
export const STOP = 'StopIteration';

/** Results and errors of an iterator as the probes write them down: to the end and once more. */
export async function drain(
  iterator: AsyncIterator<unknown>,
  write = (error: Error): string => `${error.name}(${error.message})`,
  stop = STOP,
): Promise<unknown[]> {
  const out: unknown[] = [];
  for (let ends = 0; ends < 2;) {
    try {
      const next = await iterator.next();
      if (next.done === true) {
        ends++;
        out.push(stop);
      } else {
        out.push(next.value);
      }
    } catch (error) {
      out.push(write(error as Error));
    }
    if (out.length > 1000) throw new Error('it does not end');
  }
  return out;
}

/** All that an async iterable yields. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of iterable) list.push(each);
  return list;
}

/** Resolves when `holds` says so; every deadline in the specs is far beyond what it takes. */
export async function until(holds: () => boolean, what = 'it', seconds = 45): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Rejects after a time in which everything must long have happened: for what would otherwise hang. */
export async function soon<T>(promise: Promise<T>, what = 'it', seconds = 45): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} did not come within ${seconds} s`));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// ---------------------------------------------------- talking with workers

/** A folder that processes talk through; it is gone after the tests of the file. */
export function scratch(): (name: string) => string {
  let folder = '';
  let uses = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-spec-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  // Another path for every use, so that tests do not meet.
  return (name) => join(folder, `${uses++}-${name}`);
}

/** A gate that tasks wait before: `pass(path)` in a worker, `open(path)` here. */
export function open(path: string): void {
  writeFileSync(path, '');
}

/** Waits, without the event loop, until the gate is open. */
export function pass(path: string): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(path)) Atomics.wait(cell, 0, 0, 2);
}

export function lines(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}

/** Tells workers apart, be they processes or threads: the system's number of the process, and that of the thread. */
export function worker(): string {
  return `${process.pid}/${get_native_id() ?? threadId}`;
}

/** Is the worker of this name there? */
export function isAlive(name: string): boolean {
  const [pid, thread] = name.split('/').map(Number) as [number, number];
  if (pid === process.pid) {
    // Only Linux tells of other threads; elsewhere that they end is seen by what they do not do any more.
    return existsSync(`/proc/${pid}/task/${thread}`);
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The system's number of a worker's process. */
export const pidOf = (name: string): number => parseInt(name, 10);
