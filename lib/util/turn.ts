import { now, setImmediate } from './timers';

/** So long may a thread go on with what needs no waiting, in milliseconds: then timers and I/O have a turn. */
const TURN = 20;
/** The clock is asked at every so many calls. */
const CALLS = 16;

let calls = 0;
let begun = 0;
let isRunning = false;

/** Is the event loop due? A loop over promises that are resolved already never comes to it by itself. */
function isOver(): boolean {
  if (++calls < CALLS) return false;
  calls = 0;
  const time = now();
  if (isRunning) return time - begun > TURN;
  isRunning = true;
  begun = time;
  setImmediate(() => {
    isRunning = false;
  });
  return false;
}

/** A promise of what is there: resolved, but for one now and then that lets the event loop go round first. */
export function ready<T>(value: T): Promise<T> {
  if (!isOver()) return Promise.resolve(value);
  return new Promise((resolve) => {
    setImmediate(() => {
      resolve(value);
    });
  });
}
