import { setImmediate } from '../util/timers';

/** What Node's timers can hold; a longer time is waited for in parts. */
const LONGEST_MS = 2 ** 31 - 1;

function nothing(): void {
  // There is no timer to stop.
}

/**
 * Calls `act` after so many seconds (`null`: never); returns how to prevent it. By the global timers: this is the
 * caller's time, which a test may have faked. They keep the process alive, for somebody waits.
 */
export function after(seconds: number | null, act: () => void): () => void {
  if (seconds === null) return nothing;
  let left = Math.max(0, seconds * 1000);
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const ms = Math.min(left, LONGEST_MS);
    left -= ms;
    timer = setTimeout(left > 0 ? arm : act, ms);
  };
  arm();
  return () => {
    clearTimeout(timer);
  };
}

/** As {@link after}, one turn later: that something has ended by then is told first, even if the loop was held up. */
export function deadline(seconds: number | null, act: () => void): () => void {
  let cancelled = false;
  const cancel = after(seconds, () => {
    setImmediate(() => {
      if (!cancelled) act();
    });
  });
  return () => {
    cancelled = true;
    cancel();
  };
}
