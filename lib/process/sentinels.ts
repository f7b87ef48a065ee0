import { Alarm } from '../engine/turns';
import { after } from '../util/after';
import { Eventual } from '../util/eventual';

/**
 * Sentinels: numbers that stand for the end of a process, for who waits for several things at once. Python's are
 * file descriptors; these are numbers of this process's own, and never those of a file.
 */

/** What a sentinel stands for. */
export interface Ending {
  /** Has it ended, as far as can be seen now? Looks, where the system tells more than the event loop has. */
  readonly ended: boolean;
  /**
   * Calls `notify` once, when it has ended, and keeps this process alive until then. Of what has ended already, soon.
   *
   * @returns what takes both back.
   */
  watch(notify: () => void): () => void;
}

/** Far above the number of any open file. */
let next = 2 ** 30;

const endings = new Map<number, WeakRef<Ending>>();
const sentinels = new WeakMap<Ending, number>();
const forgotten = new FinalizationRegistry<number>((sentinel) => {
  endings.delete(sentinel);
});

/** The number that stands for an ending: always the same. It does not keep the ending. */
export function sentinelOf(ending: Ending): number {
  let sentinel = sentinels.get(ending);
  if (sentinel === undefined) {
    sentinel = next++;
    sentinels.set(ending, sentinel);
    endings.set(sentinel, new WeakRef(ending));
    forgotten.register(ending, sentinel);
  }
  return sentinel;
}

/** What a number stands for; `null`: nothing, or what is closed or forgotten by now. */
export function endingOf(sentinel: number): Ending | null {
  return endings.get(sentinel)?.deref() ?? null;
}

/** The number is not to be used any more: the process object was closed. */
export function closeSentinel(ending: Ending): void {
  const sentinel = sentinels.get(ending);
  if (sentinel !== undefined) endings.delete(sentinel);
}

/** Whether it has ended, after at most so many seconds of the process itself; `null` for ever. */
export function ending(of: Ending, seconds: number | null): Eventual<boolean> {
  const result = new Eventual<boolean>();
  const alarm = new Alarm(() => {
    unwatch();
    result.settle(of.ended);
  }, true);
  if (seconds !== null && seconds !== Infinity) alarm.set(seconds * 1000);
  const unwatch = of.watch(() => {
    alarm.cancel();
    result.settle(true);
  });
  return result;
}

/** Resolves to whether it has ended, after at most so many seconds; `null` for ever. */
export function whenEnded(ending: Ending, seconds: number | null): Promise<boolean> {
  if (ending.ended || (seconds !== null && seconds <= 0)) return Promise.resolve(ending.ended);
  return new Promise((resolve) => {
    const cancel =
      seconds === null
        ? null
        : after(seconds, () => {
            unwatch();
            resolve(ending.ended);
          });
    const unwatch = ending.watch(() => {
      cancel?.();
      resolve(true);
    });
  });
}
