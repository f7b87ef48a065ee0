import { type_name } from '../util/repr';
import { after } from './clock';
import { currentStrand } from './strand';
import { blocking, nextTurn } from './waits';

function bindSleep([seconds]: readonly unknown[]): { readonly seconds: number } {
  if (typeof seconds !== 'number' || Number.isNaN(seconds)) {
    throw new TypeError(`sleep() takes a number of seconds, not ${type_name(seconds)}`);
  }
  return { seconds };
}

/**
 * Lets other coroutines run, for at least so many seconds. A greenlet that is killed wakes here.
 *
 * As gevent's `sleep`, and as `time.sleep` after `monkey.patch_all()`; with an `await`.
 *
 * @param seconds - how long; 0 and less: until the next turn of the event loop. @default 0
 * @throws GreenletExit, or what else the greenlet is killed with meanwhile.
 * @throws Timeout that was started in this greenlet and is over.
 * @throws TypeError for what is not a number.
 * @example
 * await sleep(0.5);
 */
export function sleep(seconds = 0): Promise<void> {
  return blocking(bindSleep, [seconds], (given) => {
    if (given.seconds <= 0) return nextTurn();
    return currentStrand().wait((resolve, reject) => {
      const cancel = after(given.seconds, resolve);
      return (error) => {
        cancel();
        reject(error);
      };
    });
  });
}
