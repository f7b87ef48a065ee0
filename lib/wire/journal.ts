/**
 * The results of a worker that are finished but not yet sent. A worker sends
 * the results of many small calls in one frame; were it killed before, calls
 * that had finished would be lost with the one that was running, and were the
 * next call a long one, they would wait for it. So each result is first
 * written where the parent can read it: when the worker is dead, or has been
 * silent for a while.
 */
export interface Journal {
  /** Keeps one result; false if it is too long to be kept, or there is no room. */
  write(text: string): boolean;
  /** The frame that carries everything written so far is on its way. */
  nextFrame(): void;
}
