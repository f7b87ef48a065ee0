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

/** Calls `expire` after so many seconds; gives what prevents it. */
type Clock = (seconds: number, expire: () => void) => () => void;

const byAlarm: Clock = (seconds, expire) => {
  const alarm = new Alarm(expire, true);
  alarm.set(seconds * 1000);
  return () => {
    alarm.cancel();
  };
};

/**
 * Whether it has ended, after at most so many seconds; `null` for ever.
 *
 * @param clock - by which time. @default the process's own, which a call that blocks looks at as well
 */
export function ending(of: Ending, seconds: number | null, clock = byAlarm): Eventual<boolean> {
  const result = new Eventual<boolean>();
  const cancel =
    seconds === null || seconds === Infinity
      ? null
      : clock(seconds, () => {
          unwatch();
          result.settle(of.ended);
        });
  const unwatch = of.watch(() => {
    cancel?.();
    result.settle(true);
  });
  return result;
}

/** As a promise, by the clock of who waits. What has ended, or is only looked at, needs none. */
export function whenEnded(of: Ending, seconds: number | null): Promise<boolean> {
  if (of.ended || (seconds !== null && seconds <= 0)) return Promise.resolve(of.ended);
  return ending(of, seconds, after).promise();
}
