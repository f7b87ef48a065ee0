import { isMainThread } from 'node:worker_threads';
import { libc, systemError, type Libc } from '../native/libc';
import { Eventual } from '../util/eventual';
import { KeyboardInterrupt, NotImplementedError } from '../util/exceptions';
import { mainRealm } from '../util/realm';
import { now } from '../util/timers';
import { gather, nextAlarm, readNews, runAlarms, runSoon } from './turns';

/**
 * Waiting without the event loop: the thread sleeps in poll(2) until one of its workers has something to say, takes
 * it in, and looks again. Everything else of this thread waits meanwhile: its timers, its sockets, its promises.
 */

/** Where something may come from while this thread is blocked. */
export interface Inlet {
  /** Says what is to be waited for. Called before each sleep; it runs nothing of the user's, nor does what it adds. */
  arm(polls: Polls): void;
}

const inlets = new Set<Inlet>();

/** From now on a call that blocks this thread looks there. */
export function addInlet(inlet: Inlet): void {
  inlets.add(inlet);
}

export function removeInlet(inlet: Inlet): void {
  inlets.delete(inlet);
}

export const POLLIN = 1;
export const POLLOUT = 4;

/** One is `int fd; short events; short revents`. */
const WORDS = 2;
const EINTR = 4;
/**
 * How long one sleep takes at most, in milliseconds. A thread cannot be ended while it sleeps in a call of the system;
 * and a signal that comes just before the sleep does not end it.
 */
const NAP = 100;
const SIGINT = 2;

/** What one sleep waits for. */
export class Polls {
  #words = new Int32Array(16 * WORDS);
  #ready: (() => void)[] = [];
  #most = Infinity;

  clear(most: number): void {
    this.#ready.length = 0;
    this.#most = most;
  }

  /** Calls `ready` when the descriptor is. */
  add(fd: number, events: number, ready: () => void): void {
    const at = this.#ready.length * WORDS;
    if (at === this.#words.length) {
      const words = new Int32Array(at * 2);
      words.set(this.#words);
      this.#words = words;
    }
    this.#words[at] = fd;
    this.#words[at + 1] = events;
    this.#ready.push(ready);
  }

  /** Wakes up after so many milliseconds at the latest. */
  within(milliseconds: number): void {
    if (milliseconds < this.#most) this.#most = milliseconds;
  }

  /** Sleeps until something is ready, and tells. */
  sleep(c: Libc): void {
    const count = this.#ready.length;
    // Rounded up: to wake up a moment early would be to sleep again.
    const most = Math.ceil(Math.max(0, Math.min(this.#most, NAP)));
    let got = c.poll(this.#words, count, most);
    // A signal is no error, only an early end.
    if (got < 0 && got !== -EINTR) throw systemError('poll', -got);
    for (let i = 0; i < count && got > 0; i++) {
      if ((this.#words[i * WORDS + 1] as number) >> 16 === 0) continue;
      got--;
      this.#ready[i]?.();
    }
  }
}

/** One for each call that blocks within another. */
const levels: Polls[] = [];
let depth = 0;

/** How many calls block this thread now, one within the other. */
export const blockingDepth = (): number => depth;

/**
 * Blocks this thread until `done` says so; false if it has not after so many seconds.
 *
 * Meanwhile the workers of this thread are listened to, and callbacks run. `done` must not throw.
 *
 * @param seconds - `null`: for ever.
 * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT.
 */
export function block(done: () => boolean, seconds: number | null): boolean {
  const c = libc();
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;
  const polls = (levels[depth] ??= new Polls());
  depth++;
  try {
    for (let looked = false; ; looked = true) {
      runSoon();
      readNews();
      if (done()) return true;
      const time = now();
      if (looked && deadline <= time) return false;
      polls.clear(Math.min(deadline, nextAlarm()) - time);
      const interrupted = gather(() => sleep(c, polls));
      readNews();
      runAlarms();
      if (interrupted) interrupt();
    }
  } finally {
    depth--;
  }
}

/** Sleeps until there is something to do; true for Ctrl-C. */
function sleep(c: Libc, polls: Polls): boolean {
  for (const inlet of inlets) inlet.arm(polls);
  // Signals come to the main thread.
  if (!isMainThread) {
    polls.sleep(c);
    return false;
  }
  const release = c.catchSignal(SIGINT);
  let came: boolean;
  try {
    polls.sleep(c);
  } finally {
    came = release();
  }
  return came;
}

/** Ctrl-C: as in Python, the handlers of the user run inside the call that blocks, and without any it ends. */
function interrupt(): void {
  const { process } = mainRealm;
  if (process.listenerCount('SIGINT') === 0) throw new KeyboardInterrupt();
  process.emit('SIGINT', 'SIGINT');
}

/**
 * To be asked by who is about to offer calls that block.
 *
 * @throws NotImplementedError where they cannot: why, and what to use instead.
 */
export function checkBlocking(): void {
  try {
    libc();
  } catch (cause) {
    throw new NotImplementedError(
      'calls that block need native code: use multiprocessing-ts itself, with await ' +
        `(${(cause as Error).message})`,
      { cause },
    );
  }
}

/**
 * Blocks this thread until something has come.
 *
 * @param begin - called once, inside: whatever it waits for is waited for by blocking.
 * @throws whatever it comes to instead; KeyboardInterrupt for Ctrl-C.
 */
export function blockFor<T>(begin: () => Eventual<T>): T {
  let eventual: Eventual<T> | null = null;
  block(() => (eventual ??= Eventual.try(begin)).isSettled, null);
  return (eventual as unknown as Eventual<T>).take();
}
