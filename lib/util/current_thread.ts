/** What a thread knows of itself. */
export interface CurrentThread {
  readonly name: string;
  readonly daemon: boolean;
  /** Node's `threadId`; of the main thread {@link MAIN_IDENT}. */
  readonly ident: number;
}

/** Node's is 0, and Python's is never 0. No worker has this number. */
export const MAIN_IDENT = 2 ** 31;

/** Kept on the global object: several copies of this package in one thread are still one thread. */
const KEY = Symbol.for('multiprocessing-ts.current_thread');
const MAIN: CurrentThread = { name: 'MainThread', daemon: false, ident: MAIN_IDENT };

type Holder = Record<symbol, CurrentThread | undefined>;

export function getCurrentThread(): CurrentThread {
  return (globalThis as unknown as Holder)[KEY] ?? MAIN;
}

export function setCurrentThread(current: CurrentThread): void {
  Object.defineProperty(globalThis, KEY, { value: current, configurable: true });
}
