/** Whoever started this process, as far as its channel tells. */
export interface ParentWatch {
  readonly ended: boolean;
  /**
   * Calls `notify` once, when the parent has ended, and keeps this process alive until then.
   *
   * @returns what takes both back.
   */
  watch(notify: () => void): () => void;
  /** Stack traces in terms of the user's files, which the parent may know better; `null`: it does not answer. */
  mapStacks(stacks: readonly string[]): readonly string[] | null;
}

/** Kept on the global object: several copies of this package in one process are still one process. */
const KEY = Symbol.for('multiprocessing-ts.parent');

type Holder = Record<symbol, ParentWatch | undefined>;

/** `null` in the main process, and in a worker of a pool: that one ends with its parent. */
export function getParentWatch(): ParentWatch | null {
  return (globalThis as unknown as Holder)[KEY] ?? null;
}

export function setParentWatch(value: ParentWatch): void {
  Object.defineProperty(globalThis, KEY, { value, configurable: true });
}
