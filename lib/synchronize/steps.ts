import type { Block } from '../native/arena';
import { isThenable } from '../util/thenable';

/** Something that has to be waited for: that `attempt` says yes. The answer is whether it did in time. */
export interface Wait {
  readonly on: Block;
  readonly attempt: () => boolean;
  /** `null`: for ever. */
  readonly seconds: number | null;
}

/** What a user's function has returned, which may be a promise. The answer is its value. */
export interface Given {
  readonly given: unknown;
}

/**
 * What may have to wait, written once: {@link run} does it on the event loop, {@link runSync} blocks the thread.
 */
export type Steps<T> = Generator<Wait | Given, T, unknown>;

export async function run<T>(steps: Steps<T>): Promise<T> {
  let next = steps.next();
  while (next.done !== true) {
    let answer: unknown;
    try {
      answer = await begin(next.value);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(answer);
  }
  return next.value;
}

/** @throws TypeError for a user's function that returned a promise: nobody can wait for that without the event loop. */
export function runSync<T>(steps: Steps<T>): T {
  let next = steps.next();
  while (next.done !== true) {
    let answer: unknown;
    try {
      answer = finish(next.value);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(answer);
  }
  return next.value;
}

function begin(step: Wait | Given): unknown {
  return 'given' in step ? step.given : step.on.wait(step.attempt, step.seconds);
}

function finish(step: Wait | Given): unknown {
  if (!('given' in step)) return step.on.waitSync(step.attempt, step.seconds);
  if (isThenable(step.given))
    throw new TypeError('an async function cannot be waited for without the event loop');
  return step.given;
}
