import { openNameless } from './nameless_file';

/**
 * The file that a process shares with all its descendants, however and whenever they were started: shared memory
 * lies in it (see lib/native). Every worker process holds it from its start; it has no name and costs nothing until
 * it is used.
 */
export interface Family {
  /** Its descriptor in this process. */
  readonly fd: number;
  /** What the threads of this process know of it together: see {@link file://../native/notes.ts}. */
  readonly notes: SharedArrayBuffer;
}

/** The length of {@link Family.notes}: all zeros at first. */
export const NOTES_BYTES = 8 + 1024 * 8;

/** Kept on the global object of the process: several copies of this package are still one family. */
const KEY = Symbol.for('multiprocessing-ts.family');

type Holder = Record<symbol, Family | undefined>;

/** The family of this process; whoever needs it first makes its file. */
export function family(): Family {
  return (globalThis as unknown as Holder)[KEY] ?? adoptFamily(openNameless());
}

/** As {@link family}; `null` where processes cannot have one: they can on Linux, see lib/native/libc.ts. */
export function familyOrNone(): Family | null {
  if (process.platform !== 'linux') return null;
  try {
    return family();
  } catch {
    return null;
  }
}

/** In a worker: the descriptor that the parent has handed over; in a thread also the notes of the process. */
export function adoptFamily(fd: number, notes = new SharedArrayBuffer(NOTES_BYTES)): Family {
  const value: Family = { fd, notes };
  Object.defineProperty(globalThis, KEY, { value, configurable: true, writable: true });
  return value;
}
