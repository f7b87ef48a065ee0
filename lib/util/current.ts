/** What a process knows of itself beyond what the operating system tells. */
export interface CurrentProcess {
  name: string;
  daemon: boolean;
  /** The key of its connections, in hex; `null`: nobody has asked for it yet, see authkey.ts. */
  authkey: string | null;
  /** Python's numbers: those of its ancestors, and its own among its siblings. None: the main process. */
  readonly identity: readonly number[];
  readonly parentPid: number | null;
  readonly parentName: string;
  /** The class that Python's `current_process()` has there. */
  readonly kind: string;
  /** The start method that its parent had chosen; `null`: none. */
  readonly startMethod: string | null;
}

/** Kept on the global object: several copies of this package in one process are still one process. */
const KEY = Symbol.for('multiprocessing-ts.current_process');

type Holder = Record<symbol, CurrentProcess | undefined>;

export function getCurrentProcess(): CurrentProcess {
  return (globalThis as unknown as Holder)[KEY] ?? setCurrentProcess(mainProcess());
}

export function setCurrentProcess(current: CurrentProcess): CurrentProcess {
  Object.defineProperty(globalThis, KEY, { value: current, configurable: true });
  return current;
}

const mainProcess = (): CurrentProcess => ({
  name: 'MainProcess',
  daemon: false,
  authkey: null,
  identity: [],
  parentPid: null,
  parentName: '',
  kind: '_MainProcess',
  startMethod: null,
});
