import { AsyncResource } from 'node:async_hooks';
import { RuntimeError } from '../errors';
import { repr } from '../util/repr';
import { isThenable } from '../util/thenable';
import { setImmediate } from '../util/timers';
import { bindGet, bindJoin, bindKill, checkCallable, checkSeconds, errorOf } from './arguments';
import { after } from './clock';
import { GreenletExit } from './errors';
import { Links, type Link } from './links';
import { report } from './report';
import { currentStrand, MAIN, Strand } from './strand';
import { Timeout } from './timeout';
import type { GetArguments, KillArguments, TimeoutArguments } from './types';
import { blocking, nextTurn, untilLinked } from './waits';

type Func = (...args: unknown[]) => unknown;
type GreenletClass = new (...args: unknown[]) => Greenlet;

/** What the representation shows of one argument, as in gevent. */
const SHOWN = 50;

const always = (): boolean => true;
const successful = (greenlet: Greenlet): boolean => greenlet.successful();
const failed = (greenlet: Greenlet): boolean => !greenlet.successful();

let made = 0;
/** What runs outside of all greenlets; made with the class. */
let main: Greenlet;

/**
 * A coroutine: a call of a function, usually an async one, that runs beside others on the event loop.
 *
 * gevent's `Greenlet`, with promises where that blocks. It begins at a later turn of the event loop. What it throws
 * is written to stderr, with the line `<Greenlet at 0x…: f(1)> failed with ValueError`, and is kept: `get` throws it,
 * `join` does not. Not thenable, so that an async function can return one without waiting for it.
 *
 * A subclass may override `_run` instead of giving a function, and `toString` for a better name in messages.
 *
 * @example
 * const greenlet = new Greenlet(async (a: number) => a * 2, 21);
 * greenlet.start();
 * console.log(await greenlet.get()); // 42
 */
export class Greenlet<T = unknown, A extends unknown[] = unknown[]> {
  /** A small number, another one for every greenlet. */
  readonly minimal_ident = made++;
  #name: string | null = null;
  #phase: 'new' | 'scheduled' | 'running' | 'dead' = 'new';
  #func: Func | null;
  #args: readonly unknown[];
  #shown: string | null = null;
  #strand = new Strand(this);
  /** Where it was made is what other users of AsyncLocalStorage see in it, whenever it is started. */
  #resource: AsyncResource | null = new AsyncResource('Greenlet');
  #cancelStart: (() => void) | null = null;
  readonly #links = new Links(this);
  #value: T | GreenletExit | null = null;
  #failure: { readonly error: unknown } | null = null;

  /**
   * Makes it; `start()` lets it run.
   *
   * @param run - the function. Left out in a subclass that overrides `_run`.
   * @param args - its arguments.
   * @throws TypeError for what cannot be called.
   */
  constructor(run: (...args: A) => T | PromiseLike<T>, ...args: A);
  constructor(run?: null, ...args: unknown[]);
  constructor(run?: ((...args: A) => T | PromiseLike<T>) | null, ...args: unknown[]) {
    if (run !== null && run !== undefined) {
      checkCallable(run, 'The run argument must be callable');
    }
    this.#func = (run ?? null) as Func | null;
    this.#args = args;
  }

  /** What runs when no function was given: for subclasses. */
  protected _run(..._args: unknown[]): unknown {
    return undefined;
  }

  /**
   * Makes a greenlet and starts it.
   *
   * @throws TypeError for what cannot be called.
   * @example
   * const greenlet = Greenlet.spawn(Math.sqrt, 16);
   */
  static spawn<A extends unknown[], R>(run: (...args: A) => R, ...args: A): Greenlet<Awaited<R>>;
  static spawn<A extends unknown[], G extends Greenlet>(this: new (...args: A) => G, ...args: A): G;
  static spawn(this: unknown, ...args: unknown[]): Greenlet {
    const greenlet = new (this as GreenletClass)(...args);
    greenlet.start();
    return greenlet;
  }

  /**
   * Makes a greenlet that starts so many seconds later.
   *
   * @throws TypeError for what cannot be called, or seconds that are no number.
   */
  static spawn_later<A extends unknown[], R>(
    seconds: number,
    run: (...args: A) => R,
    ...args: A
  ): Greenlet<Awaited<R>>;
  static spawn_later<A extends unknown[], G extends Greenlet>(
    this: new (...args: A) => G,
    seconds: number,
    ...args: A
  ): G;
  static spawn_later(this: unknown, seconds: number, ...args: unknown[]): Greenlet {
    const greenlet = new (this as GreenletClass)(...args);
    greenlet.start_later(seconds);
    return greenlet;
  }

  // ------------------------------------------------------------------ state

  /** `Greenlet-1`, unless another was set; shown in messages when it was asked for or set. */
  get name(): string {
    return (this.#name ??= `Greenlet-${this.minimal_ident}`);
  }
  set name(name: string) {
    this.#name = name;
  }

  /** Was it started, and has it not ended? Python's `bool(greenlet)`. */
  get started(): boolean {
    return this.#phase === 'scheduled' || this.#phase === 'running';
  }

  /** Has it ended, and will never run again? */
  get dead(): boolean {
    return this.#phase === 'dead';
  }

  /** Has it ended? */
  ready(): boolean {
    return this.dead;
  }

  /** Has it ended without an error? Being killed by a {@link GreenletExit} is none. */
  successful(): boolean {
    return this.dead && this.#failure === null;
  }

  /** What it returned; the {@link GreenletExit} it was killed with; `null` before, or when it failed. */
  get value(): T | GreenletExit | null {
    return this.#value;
  }

  /** What it threw; `null` when it has not ended, or not by an error. */
  get exception(): unknown {
    return this.#failure === null ? null : this.#failure.error;
  }

  // ---------------------------------------------------------------- running

  /** Lets it run, from the next turn of the event loop on. It can be started once; later calls do nothing. */
  start(): void {
    if (this.#phase !== 'new') return;
    this.#phase = 'scheduled';
    setImmediate(() => {
      this.#begin();
    });
  }

  /**
   * As `start`, so many seconds later.
   *
   * @throws TypeError for what is not a number.
   */
  start_later(seconds: number): void {
    const delay = checkSeconds('seconds', seconds) ?? Infinity;
    if (this.#phase !== 'new') return;
    this.#phase = 'scheduled';
    this.#cancelStart = after(delay, () => {
      this.#begin();
    });
  }

  #begin(): void {
    if (this.#phase !== 'scheduled') return;
    this.#phase = 'running';
    const args = this.#args;
    const func = this.#func ?? ((...list: unknown[]): unknown => this._run(...list));
    try {
      const result = this.#resource?.runInAsyncScope(() => this.#strand.run(() => func(...args)));
      if (isThenable(result)) {
        Promise.resolve(result).then(
          (value) => {
            this.#return(value);
          },
          (error: unknown) => {
            this.#fail(error);
          },
        );
      } else {
        this.#return(result);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #return(value: unknown): void {
    if (this.dead) return;
    this.#value = value as T;
    this.#end();
  }

  #fail(error: unknown): void {
    if (this.dead) return;
    if (error instanceof GreenletExit) {
      this.#return(error);
      return;
    }
    this.#failure = { error };
    report(() => String(this), error);
    this.#end();
  }

  #end(): void {
    this.#phase = 'dead';
    this.#shown ??= this.#functionName();
    this.#func = null;
    this.#args = [];
    this.#resource = null;
    this.#links.notify();
  }

  // ---------------------------------------------------------------- waiting

  /**
   * Waits until it has ended, or `timeout` seconds have passed. What it threw is not thrown here.
   *
   * @param timeout - seconds to wait at most. @default for ever
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   * @throws RuntimeError when a greenlet waits for itself: it would wait for ever.
   */
  join(...args: TimeoutArguments): Promise<void> {
    return blocking(bindJoin, args, ({ timeout }) => this.#join(timeout));
  }

  async #join(timeout: number | null): Promise<void> {
    if (!this.dead) await this.#untilDead(timeout);
  }

  /**
   * Waits for what it returns, or throws what it threw.
   *
   * A greenlet that was killed gives its {@link GreenletExit}, as in gevent. The type leaves that out: only those
   * see it who kill.
   *
   * @param block - false: only look. @default true
   * @param timeout - seconds to wait at most. @default for ever
   * @throws Timeout when it has not ended, and is not waited for or not in time.
   * @throws what the function threw.
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   * @throws RuntimeError when a greenlet waits for itself: it would wait for ever.
   * @example
   * const greenlet = spawn(async () => 42);
   * console.log(await greenlet.get({ timeout: 1 })); // 42
   */
  get(...args: GetArguments): Promise<T> {
    return blocking(bindGet, args, ({ block, timeout }) => this.#get(block, timeout));
  }

  async #get(block: boolean, timeout: number | null): Promise<T> {
    if (!this.dead) {
      if (!block) throw new Timeout();
      if (!(await this.#untilDead(timeout))) throw new Timeout(timeout);
    }
    if (this.#failure !== null) throw this.#failure.error;
    return this.#value as T;
  }

  #untilDead(timeout: number | null): Promise<boolean> {
    if (timeout === null && getcurrent() === this) {
      throw new RuntimeError('This operation would block forever');
    }
    return untilLinked(this, timeout);
  }

  // ---------------------------------------------------------------- killing

  /**
   * Ends the greenlet: throws `exception` where it waits.
   *
   * One that has not begun never will. One that waits in `sleep`, `join`, `get` or another call of this package wakes
   * there at the next turn of the event loop; it may clean up, or even go on. One that awaits a foreign promise cannot
   * be interrupted: it counts as dead, what it does later is ignored, and its next wait of ours rejects. Whatever the
   * greenlet makes of it, nothing is thrown here.
   *
   * @param exception - an error, or a class of errors. @default GreenletExit
   * @param block - wait until it has ended. @default true
   * @param timeout - seconds to wait for that at most. @default for ever
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile: itself, for example.
   */
  kill(...args: KillArguments): Promise<void> {
    return blocking(bindKill, args, async ({ exception, block, timeout }) => {
      if (this.#phase === 'new' || this.#phase === 'scheduled') {
        this.#cancelStart?.();
        this.#fail(errorOf(exception));
      }
      if (this.dead) return;
      const interrupt = (): void => {
        this.#interrupt(errorOf(exception));
      };
      // Not at once: then its promises would be settled, and it still on the way to its next wait.
      if (block) {
        await nextTurn(interrupt);
        if (!this.ready()) await untilLinked(this, timeout);
      } else {
        setImmediate(interrupt);
      }
    });
  }

  #interrupt(error: unknown): void {
    if (this.dead || this.#strand.throw(error)) return;
    this.#strand.owe(error);
    this.#fail(error);
  }

  // ------------------------------------------------------------------ links

  /**
   * Calls `callback(greenlet)` on the event loop when the greenlet has ended, outside of any greenlet; soon, if it
   * has. One that throws, or rejects, is reported on stderr and harms nothing.
   *
   * @throws TypeError for what cannot be called.
   */
  link(callback: (greenlet: this) => unknown): void {
    this.#link(callback, always);
  }

  /** As `link`, if the greenlet is successful. */
  link_value(callback: (greenlet: this) => unknown): void {
    this.#link(callback, successful);
  }

  /** As `link`, if the greenlet fails. */
  link_exception(callback: (greenlet: this) => unknown): void {
    this.#link(callback, failed);
  }

  /** As `link`. In gevent the cheaper one, whose callback must not throw. */
  rawlink(callback: (greenlet: this) => unknown): void {
    this.#link(callback, always);
  }

  #link(callback: (greenlet: this) => unknown, wanted: (greenlet: Greenlet) => boolean): void {
    this.#links.add(callback as Link['callback'], wanted);
    if (this.dead) this.#links.notify();
  }

  /** Forgets a callback that was linked, by whatever method, and not called yet. */
  unlink(callback: (greenlet: this) => unknown): void {
    this.#links.remove(callback as Link['callback']);
  }

  /** How many callbacks are linked; whoever waits has linked one. */
  has_links(): number {
    return this.#links.length;
  }

  // --------------------------------------------------------- representation

  /** `<Greenlet at 0x000000000001: f(1)>`, as in gevent. The address is made up, but differs. */
  toString(): string {
    const name = this.#name === null ? '' : ` "${this.#name}"`;
    const address = this.minimal_ident.toString(16).padStart(12, '0');
    this.#shown ??= this.#functionName() + this.#shownArguments();
    return `<${this.constructor.name}${name} at 0x${address}: ${this.#shown}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #functionName(): string {
    if (this.#func === null) return '_run';
    return this.#func.name === '' ? '<lambda>' : this.#func.name;
  }

  #shownArguments(): string {
    if (this.#args.length === 0) return '';
    return `(${this.#args.map((each) => repr(each).slice(0, SHOWN)).join(', ')})`;
  }

  static {
    const greenlet = new Greenlet();
    greenlet.name = 'MainGreenlet';
    greenlet.#phase = 'running';
    greenlet.#strand = MAIN;
    main = greenlet;
  }
}

/**
 * The greenlet that runs now. Outside of all there is the main one, as in gevent: it is named `MainGreenlet`.
 *
 * @example
 * spawn(() => console.log(getcurrent().name)); // Greenlet-1
 */
export function getcurrent(): Greenlet {
  return currentStrand().greenlet ?? main;
}
