import { Deque } from '../util/deque';
import { clearTimeout, now, queueMicrotask, setImmediate, setTimeout } from '../util/timers';
import { isInterrupt } from './interrupts';
import { uncaught } from '../util/uncaught';

/**
 * What this thread is to do next. The event loop comes to it, or a call that blocks the thread does
 * ({@link file://./blocking.ts}), whichever is first: each thing is done once, and in the same order.
 */

// ------------------------------------------------------------------ soon

const steps = new Deque<() => void>();
let scheduled = false;

/** Runs `step` soon: after the caller's own work, before the thread waits for anything. */
export function soon(step: () => void): void {
  steps.push(step);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    runSoon();
  });
}

/** Runs what is to be run soon. One of them may block, and come here again: that goes on with the next. */
export function runSoon(): void {
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) attempt(step);
}

/** Visits all, in their order: if a visit blocks this thread, those behind it meanwhile. */
export function inTurn<T>(items: readonly T[], visit: (item: T) => void): void {
  let at = 0;
  const go = (): void => {
    while (at < items.length) visit(items[at++] as T);
  };
  if (items.length > 1) soon(go);
  go();
}

// ------------------------------------------------------------------ news

/** What has come from a worker, to be taken in piece by piece: a piece may run the user's code, which may block. */
export interface News {
  /** Takes in the next piece; false if there was none any more. */
  next(): boolean;
}

/** News of one piece. */
export function once(step: () => void): News {
  let taken = false;
  return {
    next() {
      if (!taken) {
        taken = true;
        step();
      }
      return false;
    },
  };
}

/** For so many milliseconds news may be read, one after the other; then others have their turn. */
export const TURN = 10;
/** The clock is looked at before every so many pieces. */
const PIECES = 16;

const news = new Deque<News>();
let reading = false;
/** When the time for news is over in this turn of the event loop; 0: none has come in it. */
let turnEnds = 0;

/**
 * Takes it in, behind what came before: now, or in the next turn of the event loop if those who talk without a pause
 * have had their time in this one.
 */
export function takeIn(item: News): void {
  news.push(item);
  if (!reading) readInTurn();
}

function readInTurn(): void {
  if (turnEnds === 0) {
    turnEnds = now() + TURN;
    setImmediate(() => {
      turnEnds = 0;
      if (news.length > 0) readInTurn();
    });
  }
  read(turnEnds);
}

/** Takes in `first` behind what came before, and `then` behind what that has brought. */
export function takeInBoth(first: () => void, then: () => void): void {
  takeIn(
    once(() => {
      first();
      takeIn(once(then));
    }),
  );
}

/** Nothing is taken in while `body` finds out what there is: so what it has found stays true. */
export function gather<T>(body: () => T): T {
  const outer = reading;
  reading = true;
  try {
    return body();
  } finally {
    reading = outer;
  }
}

/** Takes in what has come. A call that blocks in the middle of that comes here again, and goes on with the next. */
export function readNews(): void {
  read(Infinity);
}

function read(until: number): void {
  const outer = reading;
  reading = true;
  let pieces = 0;
  for (let item = news.first; item !== undefined; item = news.first) {
    if (until !== Infinity && pieces++ % PIECES === 0 && now() > until) break;
    try {
      if (item.next()) continue;
    } catch (error) {
      fail(error);
      continue;
    }
    if (news.first === item) news.shift();
  }
  reading = outer;
}

// ---------------------------------------------------------------- alarms

/** The longest delay a timer of node takes. */
const LONGEST = 2 ** 31 - 1;

const alarms = new Set<Alarm>();

/** Something to be done at a time. */
export class Alarm {
  readonly #step: () => void;
  readonly #holds: boolean;
  #at = Infinity;
  #timer: NodeJS.Timeout | null = null;

  /** @param holds - until then it keeps the process alive. */
  constructor(step: () => void, holds = false) {
    this.#step = step;
    this.#holds = holds;
  }

  /** When it goes off, on the clock of {@link now}; Infinity: it is not set. */
  get at(): number {
    return this.#at;
  }

  /** Sets it, again if it is set, to so many milliseconds from now. */
  set(milliseconds: number): void {
    this.cancel();
    this.#at = now() + milliseconds;
    alarms.add(this);
    // Rounded up: a timer that fires a moment early would have to be set again.
    const delay = Math.min(LONGEST, Math.max(0, Math.ceil(milliseconds)));
    this.#timer = setTimeout(() => {
      const due = this.#at;
      // What came while this thread was busy is read first: timers run before input does.
      setImmediate(() => {
        readNews();
        if (this.#at !== due) return;
        const left = due - now();
        if (left > 1) this.set(left);
        else this.goOff();
      });
    }, delay);
    if (!this.#holds) this.#timer.unref();
  }

  cancel(): void {
    if (this.#at === Infinity) return;
    this.#at = Infinity;
    alarms.delete(this);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  goOff(): void {
    this.cancel();
    this.#step();
  }
}

/** When the next alarm goes off. */
export function nextAlarm(): number {
  let next = Infinity;
  for (const { at } of alarms) if (at < next) next = at;
  return next;
}

/** Lets go off what is due. */
export function runAlarms(): void {
  const time = now();
  for (const alarm of [...alarms]) {
    if (alarm.at <= time) {
      attempt(() => {
        alarm.goOff();
      });
    }
  }
}

/** What fails is reported, and nothing after it is lost. */
function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  if (!isInterrupt(error)) uncaught(error);
}
