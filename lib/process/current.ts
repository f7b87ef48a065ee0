import { bindTimeout, type Timeout } from '../util/timeout';
import { getCurrentProcess, type CurrentProcess } from '../util/current';
import { getParentWatch } from '../util/parent';
import { clearInterval, setInterval } from '../util/timers';
import { BaseProcess, checkOpen, type ProcessState } from './base_process';
import { liveChildren } from './children';
import './process';
import type { Process } from './process';
import { whenEnded, type Ending } from './sentinels';
import { thisProcess } from './this_process';

/** A process that exists: it has a number. */
export interface ProcessHandle extends BaseProcess {
  readonly pid: number;
  readonly ident: number;
}

const bindJoin = bindTimeout('join');

/** The process that started this one, as it sees it. */
class _ParentProcess extends BaseProcess {
  override is_alive(): boolean {
    return !this.ending(checkOpen(this)).ended;
  }

  override async join(timeout?: Timeout): Promise<void> {
    await whenEnded(this.ending(checkOpen(this)), bindJoin(timeout));
  }

  protected override ending(_state: ProcessState): Ending {
    return endOfParent;
  }
}

const endOfParent: Ending = {
  get ended() {
    if (getParentWatch()?.ended === true) return true;
    const { parentPid } = getCurrentProcess();
    // Whoever outlives its parent is adopted by another process. The parent of a thread is in the same one.
    return process.platform !== 'win32' && parentPid !== process.pid && process.ppid !== parentPid;
  },
  watch: (notify) => getParentWatch()?.watch(notify) ?? poll(notify),
};

/** How often to look where nothing tells of its end: in threads of its child. In milliseconds. */
const LOOK = 50;

function poll(notify: () => void): () => void {
  const timer = setInterval(() => {
    if (!endOfParent.ended) return;
    clearInterval(timer);
    notify();
  }, LOOK);
  return () => {
    clearInterval(timer);
  };
}

/**
 * The process that asks.
 *
 * As in Python: `MainProcess`, or in a child the object it was started by, or one like it; in a worker of a pool its
 * name is `SpawnPoolWorker-N`. A thread of a pool is no process, its process is; one that a `Process` of
 * `get_context('thread')` has started is that.
 *
 * @example
 * await pool.apply(() => current_process().name); // 'SpawnPoolWorker-1'
 */
export function current_process(): ProcessHandle {
  return thisProcess() as ProcessHandle;
}

let parent: _ParentProcess | null = null;

/**
 * The process that started this one, or `null` in the main process. It can be joined, and asked if it is alive: a
 * process that is no daemon may outlive it.
 */
export function parent_process(): ProcessHandle | null {
  const { parentPid, parentName } = getCurrentProcess();
  if (parentPid === null) return null;
  parent ??= new _ParentProcess({
    role: 'parent',
    who: { ...NOBODY, name: parentName },
    pid: parentPid,
    work: null,
    popen: null,
    closed: false,
  });
  return parent as _ParentProcess & ProcessHandle;
}

const NOBODY: CurrentProcess = {
  name: '',
  daemon: false,
  authkey: null,
  identity: [],
  parentPid: null,
  parentName: '',
  kind: '_ParentProcess',
  startMethod: null,
};

/**
 * The processes that this one has started and that live, oldest first.
 *
 * As in Python, but workers of pools are not among them.
 */
export function active_children(): Process[] {
  return liveChildren();
}

/** Python's call for frozen Windows executables. Does nothing: a worker never runs the user's script. */
export function freeze_support(): void {
  // Nothing to do: kept so that ported scripts run unchanged.
}
