import { now, setTimeout as realSetTimeout } from './timers';

/** What a timer can take at most: 24.8 days. */
const LONGEST = 2 ** 31 - 1;

/**
 * Calls `expire` after `seconds`, however many. Only for what a caller waits for by its own wish: it goes by the
 * caller's clock, the global one, which a test may have faked, and it keeps the process alive meanwhile.
 *
 * @returns what prevents it.
 */
export function after(seconds: number, expire: () => void): () => void {
  let timer: NodeJS.Timeout;
  let left = Math.ceil(seconds * 1000);
  const end = now() + seconds * 1000;
  const wait = (): void => {
    const step = Math.min(left, LONGEST);
    left -= step;
    timer = setTimeout(left > 0 ? wait : look, step);
  };
  const look = (): void => {
    // Node counts whole milliseconds, and may be one early; a fake knows best when it is time.
    if (setTimeout === realSetTimeout && now() < end) timer = setTimeout(look, 1);
    else expire();
  };
  wait();
  return () => {
    clearTimeout(timer);
  };
}
