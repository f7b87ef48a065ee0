import { checkSleep, timeWith } from '../../builtins/time';
import { rest } from '../../engine/blocking';

/**
 * Python's `time.sleep`: blocks this thread for so many seconds. Meanwhile results of pools arrive and callbacks run,
 * as in Python, whose pools have threads for that.
 *
 * @throws ValueError for a negative time.
 * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT.
 * @example
 * sleep(0.5);
 */
export function sleep(seconds: number): void {
  checkSleep(seconds);
  rest(seconds);
}

/**
 * Seconds since 1970, with their fraction; `time.sleep` is {@link sleep}.
 *
 * @example
 * const st = time.time();
 * time.sleep(0.1);
 * print(time.time() - st);
 */
export const time = timeWith(sleep);
