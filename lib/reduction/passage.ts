/** What becomes of memory on its way to a worker, or back. */
export interface Passage {
  /** The receiver is a thread of this process: a SharedArrayBuffer stays shared. For a process it is refused. */
  readonly shares: boolean;
  /** The message is sent once: what `transfer` has marked is moved. What may be sent again is copied. */
  readonly moves: boolean;
  /** The blocks of the message may be the memory itself: they are copied at once by whoever encodes. */
  readonly lends: boolean;
}

const COPIED: Passage = { shares: false, moves: false, lends: false };
const SHARED: Passage = { shares: true, moves: false, lends: false };
const MOVED: Passage = { shares: false, moves: true, lends: false };
const SHARED_AND_MOVED: Passage = { shares: true, moves: true, lends: false };

/** For what goes to every worker, or is tried first: initargs, variables of functions, errors. */
export const copying = (sharesMemory: boolean): Passage => (sharesMemory ? SHARED : COPIED);

/** For what goes once, to one receiver: arguments and results. */
export const moving = (sharesMemory: boolean): Passage => (sharesMemory ? SHARED_AND_MOVED : MOVED);

/** For what is written into shared memory at once. */
export const LENT: Passage = { shares: false, moves: false, lends: true };
