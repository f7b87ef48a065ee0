import { clearInterval, setInterval } from '../util/timers';

/** The longest delay a timer of node takes. */
const LONGEST = 2 ** 31 - 1;

let waiting = 0;
let timer: NodeJS.Timeout | null = null;

/** Keeps this process alive while somebody waits in it. @returns what ends that; to be called once. */
export function keepAlive(): () => void {
  waiting++;
  timer ??= setInterval(() => undefined, LONGEST);
  return () => {
    if (--waiting > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}
