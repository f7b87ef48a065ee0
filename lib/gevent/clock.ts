import { after as afterSeconds } from '../util/after';
import { setImmediate } from '../util/timers';

function nothing(): void {
  // There is no timer to stop.
}

/** As the `after` of others; `null`: never. Less than nothing is nothing. */
export function after(seconds: number | null, act: () => void): () => void {
  return seconds === null ? nothing : afterSeconds(Math.max(0, seconds), act);
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
