/**
 * Who calls the methods of shared objects: one connection, which is a thread of a Python program, or a thread of one
 * of ours. Objects that are owned (an RLock, a Condition) are owned by it.
 */
export interface Caller {
  /** What it calls itself: `MainProcess`. */
  readonly name: string;
  /** Is its connection gone? */
  readonly isEnded: boolean;
}

let current: Caller | null = null;

/** Whose call is being made; only until the method first waits for something. `null`: none from outside. */
export function currentCaller(): Caller | null {
  return current;
}

/** Makes one call in somebody's name. */
export function callAs<T>(caller: Caller | null, call: () => T): T {
  const before = current;
  current = caller;
  try {
    return call();
  } finally {
    current = before;
  }
}
