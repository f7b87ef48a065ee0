/** Something that is held until it is disposed of. */
export interface Held extends Disposable {
  /** Gives it back, once. */
  release(): void;
}

/** What `hold()` gives: the place of Python's `with lock:`. */
export function held(lock: { release(): void }): Held {
  let released = false;
  const once = (): void => {
    if (released) return;
    released = true;
    lock.release();
  };
  return { release: once, [Symbol.dispose]: once };
}
