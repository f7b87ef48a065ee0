import { chosenMethod, defaultMethod, launcherOf, type StartMethod } from '../engine/launchers';
import { childProcess, processIdentity } from '../engine/process_identity';
import type * as ThreadIdentity from '../engine/thread_identity';
import { AssertionError } from '../errors';
import type { Encoded } from '../reduction/types';
import { getCurrentProcess, type CurrentProcess } from '../util/current';
import { journey } from '../util/journey';
import { nextIdentity } from '../util/process_counter';
import { processOf } from './arguments';
import { checkOpen, ProcessObject, whileSpawning } from './process_object';
import { addChild, forgetChild } from './children';
import { Popen } from './popen';
import { lifeOf } from './run_process';
import { isPlain } from './this_process';
import type { Arguments, DaemonOption, Group, ProcessKeywords, ProcessOptions, Target } from './types';
import { encodeWork, type EncodedWork, type Work } from './work';

/**
 * A process without its waiting: it is made, and started. The classes that a user sees wait for its end, one on the event
 * loop and one by blocking the thread.
 */
export class ProcessCore<
  A extends readonly unknown[] = never[],
  K extends object = object,
> extends ProcessObject {
  /** How processes of this class are started; `null`: by the start method in use. */
  protected static readonly start_method: StartMethod | null = null;

  /**
   * Starts nothing yet.
   *
   * @param group - `null`: Python keeps it for later.
   * @param target - what it calls; it may be async. @default nothing
   * @param name - what it is called. @default `Process-1` and so on, in a child `Process-1:1`
   * @param args - the arguments of `target`.
   * @param kwargs - one last object argument of `target`, unless empty.
   * @param options - `daemon`: is it terminated when this process ends? @default as this process itself
   * @throws AssertionError for a `group`, or a name that is no string.
   * @throws TypeError for a target that is no function, arguments that cannot be iterated, or an unknown keyword.
   */
  constructor(options?: ProcessOptions<A>);
  constructor(options: ProcessKeywords<A, K>);
  constructor(group: Group, target: Target<A>, options?: Omit<ProcessOptions<A>, 'group' | 'target'>);
  constructor(
    group: Group,
    target?: Target<A>,
    name?: string | null,
    args?: Arguments<A> | null,
    kwargs?: ProcessOptions['kwargs'] | DaemonOption,
    options?: DaemonOption,
  );
  constructor(
    group: Group,
    target: (...args: [...A, K]) => unknown,
    name: string | null | undefined,
    args: Arguments<A> | null | undefined,
    kwargs: K,
    options?: DaemonOption,
  );
  constructor(...args: unknown[]) {
    const { name, daemon, work } = processOf(args);
    const current = getCurrentProcess();
    const identity = nextIdentity();
    const kind = new.target.name;
    const who = childProcess({
      name: name ?? `${kind}-${identity.join(':')}`,
      daemon: daemon ?? current.daemon,
      identity,
      kind,
    });
    super({ role: 'child', who, pid: null, work, popen: null, closed: false });
  }

  override start(): void {
    const state = checkOpen(this);
    const { role, who, work } = state;
    if (state.popen !== null) throw new AssertionError('cannot start a process twice');
    if (role !== 'child' || work === null) {
      super.start();
      return;
    }
    const own = (this.constructor as typeof ProcessCore).start_method;
    const method = own ?? defaultMethod();
    // A thread ends with the process that it is in, daemon or not.
    if (method === 'spawn' && getCurrentProcess().daemon) {
      throw new AssertionError('daemonic processes are not allowed to have children');
    }
    const { sent, lost } = journey(() => encode(this, work, launcherOf(method).sharesMemory));
    const popen = new Popen({
      method,
      daemon: who.daemon,
      work: sent,
      identity: identityOf(method, { ...who, startMethod: own ?? chosenMethod() }),
      lost,
      ended: () => {
        forgetChild(this);
      },
    });
    state.popen = popen;
    state.work = null;
    addChild(this, popen);
  }
}

/** Not a private method: objects of a class that has some cannot be sent. */
function encode(process: ProcessCore, work: Work, sharesMemory: boolean): EncodedWork {
  const travels = !isPlain(process);
  return whileSpawning(process, travels, () =>
    encodeWork(travels ? lifeOf(process, work) : work, sharesMemory),
  );
}

function identityOf(method: StartMethod, who: CurrentProcess): Encoded {
  if (method === 'spawn') return processIdentity(who);
  const { threadIdentity } = require('../engine/thread_identity') as typeof ThreadIdentity;
  return threadIdentity(who.name, who.daemon, who);
}
