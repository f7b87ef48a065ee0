import { openNameless } from './nameless_file';

/**
 * The file that a process shares with all its descendants, however and whenever they were started: shared memory
 * lies in it (see lib/native). Every worker process holds it from its start; it has no name and costs nothing until
 * it is used.
 *
 * Kept on the global object of the process: several copies of this package are still one family.
 */
const KEY = Symbol.for('multiprocessing-ts.family_file');

type Holder = Record<symbol, number | undefined>;

/** Its descriptor in this process; made by whoever needs it first. */
export function familyFile(): number {
  return ((globalThis as unknown as Holder)[KEY] ??= openNameless());
}

/** As {@link familyFile}; `null` where processes cannot share one: they can on Linux, see lib/native/libc.ts. */
export function familyFileOrNone(): number | null {
  if (process.platform !== 'linux') return null;
  try {
    return familyFile();
  } catch {
    return null;
  }
}

/** In a worker: the descriptor that the parent has handed over. */
export function adoptFamilyFile(fd: number): void {
  Object.defineProperty(globalThis, KEY, { value: fd, configurable: true, writable: true });
}
