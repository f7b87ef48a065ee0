/** What a process knows of itself beyond what the operating system tells. */
export interface CurrentProcess {
  readonly name: string;
  readonly daemon: boolean;
  readonly parentPid: number | null;
  readonly parentName: string;
}

/** Kept on the global object: several copies of this package in one process are still one process. */
const KEY = Symbol.for('multiprocessing-ts.current_process');
const MAIN: CurrentProcess = { name: 'MainProcess', daemon: false, parentPid: null, parentName: '' };

type Holder = Record<symbol, CurrentProcess | undefined>;

export function getCurrentProcess(): CurrentProcess {
  return (globalThis as unknown as Holder)[KEY] ?? MAIN;
}

export function setCurrentProcess(current: CurrentProcess): void {
  Object.defineProperty(globalThis, KEY, { value: current, configurable: true });
}
