import { blockBy, getWatchers, type Bell } from '../native/blocker';
import { libc, systemError, type Libc } from '../native/libc';
import { Eventual } from '../util/eventual';
import { NotImplementedError } from '../util/exceptions';
import { isBundled } from '../util/home';
import { Patience } from '../util/patience';
import { now } from '../util/timers';
import { catchInterrupts, checkInterrupt, releaseInterrupts } from './interrupts';
import { gather, nextAlarm, once, readNews, runAlarms, runSoon, takeIn, TURN } from './turns';

/**
 * Waiting without the event loop: the thread sleeps in poll(2) until one of its workers has something to say, takes
 * it in, and looks again. Everything else of this thread waits meanwhile: its timers, its sockets, its promises.
 */

/** Where something may come from while this thread is blocked. */
export interface Inlet {
  /** Says what is to be waited for. Called before each sleep; it runs nothing of the user's, nor does what it adds. */
  arm(polls: Polls): void;
  /** Takes what is there and can be seen without asking the system; false if that is nothing. */
  glance?(): boolean;
}

const inlets = new Set<Inlet>();

/** From now on a call that blocks this thread looks there. */
export function addInlet(inlet: Inlet): void {
  if (!inlets.has(inlet) && inlet.glance !== undefined) glances++;
  inlets.add(inlet);
}

export function removeInlet(inlet: Inlet): void {
  if (inlets.delete(inlet) && inlet.glance !== undefined) glances--;
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

  /** Sleeps until something is ready, and tells; or until the bell is rung, if there is one. */
  sleep(c: Libc, bell: Bell | null): void {
    if (bell !== null) {
      if (this.#ready.length === 0) {
        bell.sleep(Math.max(0, Math.min(this.#most, NAP)));
        return;
      }
      this.add(bell.fd(), POLLIN, () => {
        bell.silence();
      });
    }
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

/** A process takes longer to answer than a thread: it has to be woken by the system. */
const patience = new Patience(0.1);
/** When the last sleep was over. */
let slept = 0;

/** Looks for what can be seen at once, as long as that pays. */
const glanceForLong = (): boolean => glances > 0 && patience.look(glance);

/** How many inlets can. */
let glances = 0;

function glance(): boolean {
  for (const inlet of inlets) if (inlet.glance?.() === true) return true;
  return false;
}

/** One for each call that blocks within another. */
const levels: Polls[] = [];
let level = 0;
let depth = 0;

/** How many calls wait for something in this thread now, one within the other: those that only sleep do not count. */
export const blockingDepth = (): number => depth;

/** So many calls wait at most, one within the other: a callback that came later waits until some are through. */
const DEEPEST = 32;

/** Would a callback that is called now be too deep in calls that wait? */
export const isDeep = (): boolean => depth >= DEEPEST;

/** How many calls block this thread now, those that only sleep as well. */
export const blockingLevel = (): number => level;

/**
 * Blocks this thread until `done` says so; false if it has not after so many seconds.
 *
 * Meanwhile the workers of this thread are listened to, and callbacks run. What `done` throws comes out.
 *
 * @param seconds - `null`: for ever.
 * @param bell - rung by those who change what `done` asks for, if other threads or processes do.
 * @throws KeyboardInterrupt for Ctrl-C, if nobody listens to SIGINT.
 */
export function block(done: () => boolean, seconds: number | null, bell: Bell | null = null): boolean {
  depth++;
  try {
    return listen(done, seconds, bell);
  } finally {
    depth--;
  }
}

/**
 * Sleeps for so many seconds, and listens to the workers of this thread as {@link block} does. In a callback of a pool:
 * as nothing is waited for, the next callback is not called before this one is through.
 */
export function rest(seconds: number): void {
  listen(() => false, seconds, null);
}

function listen(done: () => boolean, seconds: number | null, bell: Bell | null): boolean {
  if (bell?.isDeaf === true) return listenByLooking(done, seconds, bell);
  const c = libc();
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;
  const polls = (levels[level] ??= new Polls());
  level++;
  try {
    // One look at what came before it is too late. Who changes shared memory does not need it.
    let looked = bell !== null && inlets.size === 0 && nextAlarm() === Infinity;
    for (; ; looked = true) {
      runSoon();
      readNews();
      if (done()) return true;
      checkInterrupt();
      const time = now();
      if (looked && deadline <= time) return false;
      // Others have their turn as well, and Ctrl-C. What is waited for here is nothing that can be seen so.
      if (bell === null && time - slept < TURN && gather(glanceForLong)) continue;
      polls.clear(Math.min(deadline, nextAlarm()) - time);
      catchInterrupts();
      gather(() => {
        sleep(c, polls, bell);
      });
      slept = now();
      readNews();
      runAlarms();
    }
  } finally {
    // What it has listened to is nobody's any more.
    polls.clear(0);
    if (--level === 0) releaseInterrupts();
  }
}

blockBy(block);

/** How long it sleeps at most between two looks at the workers, in milliseconds. */
const PEEK = 2;

/**
 * As {@link listen}, where there is no poll(2) to sleep in: this thread sleeps by its bell alone, and looks at its
 * threads every few milliseconds. What processes have to say waits for the event loop.
 */
function listenByLooking(done: () => boolean, seconds: number | null, bell: Bell): boolean {
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;
  level++;
  try {
    for (;;) {
      runSoon();
      readNews();
      if (done()) return true;
      const left = Math.min(deadline, nextAlarm()) - now();
      if (deadline <= now()) return false;
      if (!gather(glance)) bell.sleep(Math.max(0, Math.min(left, glances > 0 ? PEEK : NAP)));
      readNews();
      runAlarms();
    }
  } finally {
    level--;
  }
}

/** Sleeps until there is something to do. */
function sleep(c: Libc, polls: Polls, bell: Bell | null): void {
  for (const inlet of inlets) inlet.arm(polls);
  const watchers = bell === null ? getWatchers() : null;
  if (watchers !== null) {
    polls.add(watchers.fd(), POLLIN, () => {
      takeIn(
        once(() => {
          watchers.look();
        }),
      );
    });
  }
  polls.sleep(c, bell);
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
    if (isBundled()) throw cause;
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
