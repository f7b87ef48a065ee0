import { STATE, statOf } from './stat_of';

/** Somebody who is at work, or has been stopped, is given so many times as much at most. */
const MOST = 10;
/** What the system counts the time of processors in, in milliseconds: see proc(5). */
const TICK = 10;
/** Fields of what the system tells: the time of processors taken by the program, and by the system for it. */
const BY_PROGRAM = 11;
const BY_SYSTEM = 12;

/**
 * Time that is given to another process or thread to do something. It is spent in steps, and each counts once however
 * long it took: while we did not run the whole machine may have stood still. Whoever runs, or waits for a processor,
 * spends only the time of processors that it gets, and whoever is stopped none, where the system tells.
 * Who is told to end, and is stopped, will hardly go on: that is spent.
 */
export class Allowance {
  readonly #milliseconds: number;
  readonly #place: string | null;
  readonly #isToEnd: boolean;
  /** The time of processors it had before. */
  readonly #before: number;
  #asleep = 0;
  #atWork = 0;
  #all = 0;

  /**
   * @param place - where the system tells of it: `/proc/<pid>` or `/proc/self/task/<thread>`; `null`: nowhere.
   * @param isToEnd - it was told to end.
   */
  constructor(milliseconds: number, place: string | null, isToEnd = false) {
    this.#milliseconds = milliseconds;
    this.#isToEnd = isToEnd;
    this.#place = place;
    this.#before = this.#look()?.used ?? 0;
  }

  /** So many milliseconds have been waited. @returns false if nothing is left. */
  spend(step: number): boolean {
    const { state, used } = this.#look() ?? { state: 'S', used: 0 };
    this.#all += step;
    if ('RD'.includes(state)) this.#atWork += step;
    else if (this.#isToEnd || !'Tt'.includes(state)) this.#asleep += step;
    const spent = this.#asleep + Math.min(this.#atWork, used - this.#before);
    return spent < this.#milliseconds && this.#all < this.#milliseconds * MOST;
  }

  #look(): { readonly state: string; readonly used: number } | null {
    const fields = this.#place === null ? null : statOf(this.#place);
    if (fields === null) return null;
    const ticks = Number(fields[BY_PROGRAM]) + Number(fields[BY_SYSTEM]);
    return { state: fields[STATE] ?? 'S', used: ticks * TICK };
  }
}
