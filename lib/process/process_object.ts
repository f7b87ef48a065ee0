import { constants } from 'node:os';
import { inspect } from 'node:util';
import { AssertionError, AttributeError, KeyError, ValueError } from '../errors';
import { BY_FIELDS, REDUCE } from '../reduction/registry';
import { authkeyOf } from '../util/authkey';
import type { CurrentProcess } from '../util/current';
import { repr } from '../util/repr';
import { authenticationString, keyOf } from './authentication_string';
import type { Popen } from './popen';
import { endOfParent } from './end_of_parent';
import { closeSentinel, sentinelOf, type Ending } from './sentinels';
import type { Work } from './work';

/**
 * What there is to know of a process object. Not in fields of the object: those are the user's, and travel with it;
 * nor in private ones, without which an object cannot be made.
 */
export interface ProcessState {
  /** A child of this process, this process itself, or the one that started it. */
  readonly role: 'child' | 'current' | 'parent';
  readonly who: CurrentProcess;
  readonly pid: number | null;
  /** `null` once it was started. */
  work: Work | null;
  popen: Popen | null;
  closed: boolean;
}

const states = new WeakMap<ProcessObject, ProcessState>();

export function stateOf(process: ProcessObject): ProcessState {
  const state = states.get(process);
  if (state === undefined)
    throw new AttributeError(`'${className(process)}' object has no attribute '_popen'`);
  return state;
}

/** Makes an object that has come from the parent the one of this process. */
export function adopt(process: ProcessObject, state: ProcessState): void {
  states.set(process, state);
}

/** The object that is being sent to its own process, and so travels as it is. */
let spawning: ProcessObject | null = null;
/** Does it travel with its fields, or does the other side make one of its own? */
let byFields = false;

/** Runs `encode`, during which `process` may be encoded, and no other. */
export function whileSpawning<T>(process: ProcessObject, withFields: boolean, encode: () => T): T {
  const before = [spawning, byFields] as const;
  spawning = process;
  byFields = withFields;
  try {
    return encode();
  } finally {
    [spawning, byFields] = before;
  }
}

/** Is what is being encoded the work of a process that is being started? */
export const isSpawning = (): boolean => spawning !== null;

/** How a process object travels: only to its own process. */
export function reduceProcess(process: ProcessObject): unknown {
  if (process !== spawning) {
    throw new TypeError(
      `cannot pickle '${className(process)}' object: it only travels to its own process; send its name or pid`,
    );
  }
  return byFields ? BY_FIELDS : null;
}

/**
 * A process object without its waiting: one made here, `current_process` or `parent_process`. The classes that a user
 * sees have a `join`, which waits on the event loop or blocks the thread.
 */
export class ProcessObject {
  static readonly [REDUCE] = { reduce: reduceProcess, rebuild: (): unknown => null };

  /** Python's BaseProcess is not made either: use `Process`. */
  constructor(state: ProcessState) {
    states.set(this, state);
  }

  /** What it does: calls `target`. To be overridden by a subclass; it may be async. Runs in the new process. */
  run(): unknown {
    const { work } = stateOf(this);
    if (work === null) throw new AttributeError(`'${className(this)}' object has no attribute '_target'`);
    return work.target?.(...work.args);
  }

  /**
   * Starts it. Returns at once.
   *
   * @throws AssertionError when it was started before, and for a child of a daemon.
   * @throws PicklingError for a target, arguments or fields that cannot be sent.
   * @throws OSError when the system refuses.
   * @throws ValueError after `close`.
   */
  start(): void {
    checkOpen(this);
    // Those that can be started say how.
    throw new AssertionError('can only start a process object created by current process');
  }

  /**
   * Does it run?
   *
   * @throws ValueError after `close`.
   */
  is_alive(): boolean {
    const state = checkOpen(this);
    return state.role === 'current' || this.ending(state)?.ended === false;
  }

  /**
   * Asks it to end (SIGTERM). One that has ended already is left alone.
   *
   * A thread cannot be asked: it is ended, in the middle of whatever it does.
   *
   * @throws AttributeError before `start`, as in Python.
   * @throws ValueError after `close`.
   */
  terminate(): void {
    startedPopen(this, 'terminate').signal('SIGTERM');
  }

  /**
   * Ends it at once (SIGKILL).
   *
   * @throws AttributeError before `start`, as in Python.
   * @throws ValueError after `close`.
   */
  kill(): void {
    startedPopen(this, 'kill').signal('SIGKILL');
  }

  /**
   * Interrupts it, as Ctrl-C does (SIGINT). Unless it handles the signal itself, that ends it: its exit code is -2.
   * (In Python it is a KeyboardInterrupt there, and the exit code 1.)
   *
   * @throws AttributeError before `start`, as in Python.
   * @throws ValueError after `close`.
   */
  interrupt(): void {
    startedPopen(this, 'interrupt').signal('SIGINT');
  }

  /**
   * Gives up the object: whatever is asked of it later is a ValueError, except its name and whether it is a daemon.
   *
   * @throws ValueError while it runs.
   */
  close(): void {
    const state = stateOf(this);
    // Python's main process does nothing then.
    if (state.who.kind === '_MainProcess') return;
    if (state.popen !== null) {
      if (state.popen.poll() === null) {
        throw new ValueError(
          'Cannot close a process while it is still running. You should first call join() or terminate().',
        );
      }
      closeSentinel(state.popen);
      state.popen = null;
    }
    state.closed = true;
  }

  /** Unless it is given one, `Process-1` and so on, counted for each process that starts others: `Process-1:2`. */
  get name(): string {
    return stateOf(this).who.name;
  }

  /** @throws AssertionError for what is no string. */
  set name(name: string) {
    stateOf(this).who.name = checkName(name);
  }

  /**
   * A daemon is terminated when the process that started it ends, and may start no processes itself. All others are
   * awaited then. It is inherited from the process that makes the object, and can be set until it is started.
   */
  get daemon(): boolean {
    return stateOf(this).who.daemon;
  }

  /** @throws AssertionError after `start`. */
  set daemon(daemon: boolean) {
    const { who, popen } = stateOf(this);
    if (popen !== null) throw new AssertionError('process has already started');
    who.daemon = daemon;
  }

  /** The system's number of it; `null` before `start`. That of a thread is the one of its process. */
  get pid(): number | null {
    const { role, pid, popen } = checkOpen(this);
    return role === 'child' ? (popen?.pid ?? null) : pid;
  }

  /** The same as `pid`. */
  get ident(): number | null {
    return this.pid;
  }

  /** `null` before it has ended; 0 if all went well, 1 after an error, -15 if SIGTERM ended it. */
  get exitcode(): number | null {
    return checkOpen(this).popen?.poll() ?? null;
  }

  /**
   * A number that stands for its end, for `wait()` of `multiprocessing-ts/connection`.
   *
   * @throws ValueError before `start`.
   */
  get sentinel(): number {
    const ending = this.ending(checkOpen(this));
    if (ending === null) throw new ValueError('process not started');
    return sentinelOf(ending);
  }

  /** The key that its connections are authenticated with, from the process that made the object. It cannot be sent. */
  get authkey(): Buffer {
    const { role, who } = stateOf(this);
    if (role === 'parent') throw new KeyError("'authkey'");
    return authenticationString(authkeyOf(who));
  }

  /** @throws TypeError for what is not a Buffer or another Uint8Array. */
  set authkey(authkey: Uint8Array) {
    stateOf(this).who.authkey = keyOf(authkey);
  }

  /** `<Process name='Process-1' pid=12 parent=11 stopped exitcode=-SIGTERM daemon>` */
  toString(): string {
    const { role, who, popen, closed } = stateOf(this);
    const exitcode = popen?.poll() ?? null;
    let status = 'started';
    if (role !== 'current') {
      if (closed) status = 'closed';
      else if (role === 'parent') status = 'unknown';
      else if (popen === null) status = 'initial';
      else if (exitcode !== null) status = 'stopped';
    }
    const facts = [className(this), `name=${repr(who.name)}`];
    if (popen !== null) facts.push(`pid=${popen.pid}`);
    facts.push(`parent=${role === 'parent' ? 'None' : (who.parentPid ?? 'None')}`, status);
    if (exitcode !== null) facts.push(`exitcode=${signalName(exitcode) ?? exitcode}`);
    if (who.daemon) facts.push('daemon');
    return `<${facts.join(' ')}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** What its sentinel stands for; `null`: nothing yet. */
  protected ending({ role, popen }: ProcessState): Ending | null {
    return role === 'parent' ? endOfParent : popen;
  }

  /**
   * What `join` waits for.
   *
   * @throws AssertionError for one that was not started, or not by this process.
   * @throws ValueError after `close`.
   */
  protected awaited(): Ending {
    const state = checkOpen(this);
    if (state.role === 'current') throw new AssertionError('can only join a child process');
    const ending = this.ending(state);
    if (ending === null) throw new AssertionError('can only join a started process');
    return ending;
  }
}

/** @throws ValueError after `close`. */
export function checkOpen(process: ProcessObject): ProcessState {
  const state = stateOf(process);
  if (state.closed) throw new ValueError('process object is closed');
  return state;
}

/** @throws AssertionError for what is no string. */
export function checkName(name: unknown): string {
  if (typeof name !== 'string') throw new AssertionError('name must be a string');
  return name;
}

function startedPopen(process: ProcessObject, method: string): Popen {
  const { popen } = checkOpen(process);
  if (popen === null) throw new AttributeError(`'NoneType' object has no attribute '${method}'`);
  return popen;
}

const className = (process: ProcessObject): string => process.constructor.name;

function signalName(exitcode: number): string | null {
  const signal = Object.entries(constants.signals).find(([, number]) => number === -exitcode);
  return signal === undefined ? null : `-${signal[0]}`;
}
