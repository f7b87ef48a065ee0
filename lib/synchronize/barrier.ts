import { arena, Block, type SharedBlock } from '../native/arena';
import type { SpinLock } from '../native/spin_lock';
import { REDUCE } from '../reduction/registry';
import { addressOf } from '../util/address';
import { signature } from '../util/keywords';
import { type_name } from '../util/repr';
import { now } from '../util/timers';
import { integerOf, secondsOf, timeoutOf, type WaitKeywords } from './acquiring';
import { BrokenBarrierError } from './errors';
import { Line, Place } from './line';
import { run, runSync, type Steps } from './steps';

/** Words of the barrier in its block; the line has three. */
const SPIN = 0;
const LINE = 1;
const STATE = 4;
/** How often it has begun anew. */
const GENERATION = 5;
/** The token of who runs the action. */
const ACTOR = 6;

const State = { Filling: 0, Acting: 1, Broken: 2 } as const;

/** What those who wait are told. */
const PASSED = 1;
const BROKEN = 2;

/** How often who waits looks whether the others live, in milliseconds. */
const LOOK = 50;

/** Called by one of those who have come, when all have. */
export type BarrierAction = () => unknown;

/** Keywords of `Barrier`. */
export interface BarrierKeywords {
  /** How many it waits for. */
  readonly parties?: number;
  /** Called by one of them when all have come, before they go on; may be async. */
  readonly action?: BarrierAction | null;
  /** Seconds that `wait` waits at most, where it is not told otherwise. @default for ever */
  readonly timeout?: number | null;
}

const bind = signature({
  name: 'Barrier',
  defaults: (): Record<'parties' | 'action' | 'timeout', unknown> => ({
    parties: null,
    action: null,
    timeout: null,
  }),
  required: 1,
});

/** What travels of a barrier. */
export interface SharedBarrier {
  readonly parties: number;
  readonly action: BarrierAction | null;
  readonly timeout: number | null;
  readonly shared: SharedBlock;
}

/** What somebody finds who comes. */
interface Arrival {
  /** How many came before. */
  readonly index: number;
  /** The token of who came just before; 0: nobody. */
  readonly ahead: number;
  /** Which time it is. */
  readonly generation: number;
}

/**
 * Where a number of processes or threads wait until all of them have come.
 *
 * Python's `multiprocessing.Barrier`. If somebody dies who waits, or who runs the action, the barrier breaks; in Python
 * the others wait for ever.
 *
 * @throws NotImplementedError when it is sent to a process where only threads share memory.
 * @throws MemoryError when no shared memory is left.
 * @example
 * const barrier = new Barrier(2);
 * console.log(await Promise.all([barrier.wait(), barrier.wait()])); // [0, 1]
 */
export class Barrier {
  static readonly [REDUCE] = {
    reduce: (barrier: Barrier): SharedBarrier => ({
      parties: barrier.#parties,
      action: barrier.#action,
      timeout: barrier.#timeout,
      shared: barrier.#block.share(),
    }),
    rebuild: (shared: SharedBarrier): Barrier => barrierOf(shared, Barrier),
  };

  readonly #parties: number;
  readonly #action: BarrierAction | null;
  readonly #timeout: number | null;
  readonly #block: Block;
  readonly #line: Line;
  readonly #spin: SpinLock;

  /**
   * @param parties - how many it waits for. As in Python, fewer than 1 is possible and never comes about.
   * @param action - called by one of them when all have come, before they go on; may be async. It travels with the
   *   barrier. What it throws breaks the barrier and rejects its caller's `wait`.
   * @param timeout - seconds that `wait` waits at most, where it is not told otherwise. @default for ever
   * @throws TypeError for parties that are no integer, or an action that is no function.
   */
  constructor(parties: number, action?: BarrierAction | null, timeout?: number | null);
  constructor(parties: number, keywords: Omit<BarrierKeywords, 'parties'>);
  constructor(keywords: BarrierKeywords & { readonly parties: number });
  constructor(...args: unknown[]) {
    const block = args[3] instanceof Block ? args[3] : null;
    const { parties, action, timeout } = bind(block === null ? args : args.slice(0, 3));
    this.#parties = integerOf(parties);
    if (action !== null && typeof action !== 'function') {
      throw new TypeError(`'${type_name(action)}' object is not callable`);
    }
    this.#action = action as BarrierAction | null;
    this.#timeout = secondsOf(timeout);
    this.#block = block ?? Block.make(64);
    this.#line = new Line(this.#block.words, LINE);
    this.#spin = this.#block.spinLock(SPIN);
  }

  /** How many it waits for. */
  get parties(): number {
    return this.#parties;
  }

  /** How many have come and wait. */
  get n_waiting(): number {
    const state = this.#get(STATE);
    if (state === State.Broken) return 0;
    // Who runs the action has come too.
    return this.#line.length + (state === State.Acting ? 1 : 0);
  }

  /** Does every `wait` reject, until it is reset? */
  get broken(): boolean {
    return this.#get(STATE) === State.Broken;
  }

  /**
   * Waits until all have come, and resolves to how many came before: another number for each, from 0 on.
   *
   * @param timeout - seconds to wait at most, after which the barrier breaks. @default the barrier's own
   * @throws BrokenBarrierError if the barrier is broken, breaks, or is reset: because somebody did not come in time,
   *   called `abort`, or died.
   */
  wait(timeout?: number | null | WaitKeywords): Promise<number>;
  async wait(...args: unknown[]): Promise<number> {
    return await run(this.#passing(timeoutOf(args) ?? this.#timeout));
  }

  /** As {@link Barrier.wait}, but blocks the thread. An action must not be async then. */
  waitSync(timeout?: number | null | WaitKeywords): number;
  waitSync(...args: unknown[]): number {
    return runSync(this.#passing(timeoutOf(args) ?? this.#timeout));
  }

  /** Begins anew; whoever waits rejects with a BrokenBarrierError. */
  reset(): void {
    this.#alone(() => {
      this.#begin(BROKEN);
    });
  }

  /** Breaks it: whoever waits, or comes before it is reset, rejects with a BrokenBarrierError. */
  abort(): void {
    this.#alone(() => {
      this.#break();
    });
  }

  /** `<multiprocessing.synchronize.Barrier at 0x7f0000000040: waiters=0/2>` */
  toString(): string {
    const state = this.broken ? 'broken' : `waiters=${this.n_waiting}/${this.#parties}`;
    return `<multiprocessing.synchronize.Barrier at ${addressOf(this)}: ${state}>`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return String(this);
  }

  // ------------------------------------------------------------------ steps

  *#passing(seconds: number | null): Steps<number> {
    const place = Place.make();
    try {
      let arrival = this.#arrive(place);
      if (arrival === null) {
        // Those before us have all come, and one of them still runs the action.
        yield { on: this.#block, attempt: () => (arrival = this.#arrive(place)) !== null, seconds: null };
      }
      const { index, ahead, generation } = arrival as unknown as Arrival;
      if (index + 1 !== this.#parties) yield* this.#waiting(place, ahead, seconds);
      else if (this.#action !== null) yield* this.#acting(this.#action, generation);
      return index;
    } finally {
      this.#alone(() => {
        this.#line.leave(place);
      });
      place.free();
    }
  }

  /** `null`: not now. */
  #arrive(place: Place): Arrival | null {
    return this.#alone(() => {
      const state = this.#get(STATE);
      if (state === State.Broken) throw new BrokenBarrierError();
      if (state === State.Acting) {
        if (!arena().slots.isAlive(this.#get(ACTOR))) this.#break();
        return null;
      }
      const arrival = {
        index: this.#line.length,
        ahead: this.#line.last,
        generation: this.#get(GENERATION),
      };
      if (arrival.index + 1 !== this.#parties) {
        this.#line.join(place);
      } else if (this.#action === null) {
        this.#begin(PASSED);
      } else {
        this.#set(ACTOR, place.token);
        this.#set(STATE, State.Acting);
      }
      return arrival;
    });
  }

  *#waiting(place: Place, ahead: number, seconds: number | null): Steps<void> {
    const attempt = this.#attempts(place, ahead);
    let inTime = yield { on: this.#block, attempt, seconds };
    // All have come: it is not for us to break it now.
    while (inTime !== true && this.#get(STATE) === State.Acting) {
      inTime = yield {
        on: this.#block,
        attempt: () => attempt() || this.#get(STATE) !== State.Acting,
        seconds: null,
      };
    }
    this.#alone(() => {
      if (place.told === 0) this.#break();
    });
    if (place.told !== PASSED) throw new BrokenBarrierError();
  }

  *#acting(action: BarrierAction, generation: number): Steps<void> {
    let passed = false;
    try {
      yield { given: action() };
      passed = true;
    } finally {
      // Meanwhile it may have been reset or broken, and what is now is none of our business.
      const isOurs = this.#alone(() => {
        if (this.#get(STATE) !== State.Acting || this.#get(GENERATION) !== generation) return false;
        if (passed) this.#begin(PASSED);
        else this.#break();
        return true;
      });
      passed &&= isOurs;
    }
    if (!passed) throw new BrokenBarrierError();
  }

  #attempts(place: Place, ahead: number): () => boolean {
    let looked = now();
    return () => {
      const time = now();
      if (time - looked > LOOK) {
        looked = time;
        this.#look(place, ahead);
      }
      return place.told !== 0;
    };
  }

  /** Each looks at who came before, the first one at who came last: one death is seen by somebody who lives. */
  #look(place: Place, ahead: number): void {
    this.#alone(() => {
      if (place.told !== 0) return;
      const { slots } = arena();
      const neighbour = ahead === 0 ? this.#line.last : ahead;
      const actor = this.#get(STATE) === State.Acting ? this.#get(ACTOR) : neighbour;
      if (!slots.isAlive(neighbour) || !slots.isAlive(actor)) this.#break();
    });
  }

  // ------------------------------------------------------- only when alone

  /** The next generation: whoever waits is told how this one has ended. */
  #begin(how: number): void {
    Atomics.add(this.#block.words, GENERATION, 1);
    this.#line.tellAll(how);
    this.#set(STATE, State.Filling);
    this.#block.notify();
  }

  #break(): void {
    this.#set(STATE, State.Broken);
    this.#line.tell(Infinity, BROKEN);
    this.#block.notify();
  }

  #get(word: number): number {
    return Atomics.load(this.#block.words, word);
  }

  #set(word: number, value: number): void {
    Atomics.store(this.#block.words, word, value);
  }

  #alone<T>(body: () => T): T {
    if (this.#spin.enter()) {
      // Whoever was here has died in the middle of it: who knows who has come.
      this.#line.mend();
      this.#break();
    }
    try {
      return body();
    } finally {
      this.#spin.leave();
    }
  }
}

/** The barrier that has travelled, of this class. */
export function barrierOf<B>(
  { parties, action, timeout, shared }: SharedBarrier,
  Class: abstract new (parties: number) => B,
): B {
  return new (Class as unknown as new (...args: unknown[]) => B)(parties, action, timeout, Block.at(shared));
}
