import { getCurrentProcess } from '../util/current';
import { adopt, BaseProcess } from './base_process';

/** The process that nobody of ours has started. */
class _MainProcess extends BaseProcess {
  /** Does nothing: it cannot be given up. */
  override close(): void {
    // As in Python.
  }
}

/** The prototypes of this package's own classes, by the names of those. */
const prototypes = new Map<string, BaseProcess>([['_MainProcess', _MainProcess.prototype]]);

/** A class whose objects have nothing to tell but what they run: on the other side one is made, here, when it is asked for. */
export function declareClass(Class: { readonly name: string; readonly prototype: BaseProcess }): void {
  prototypes.set(Class.name, Class.prototype);
}

/** Is it of such a class, and without fields? */
export function isPlain(process: BaseProcess): boolean {
  const prototype = Object.getPrototypeOf(process) as BaseProcess;
  return prototypes.get(prototype.constructor.name) === prototype && Reflect.ownKeys(process).length === 0;
}

/** The object of this process, once somebody has asked for it, or it has come from the parent. */
let current: BaseProcess | null = null;

export function setThisProcess(process: BaseProcess): void {
  current = process;
}

export function thisProcess(): BaseProcess {
  if (current !== null) return current;
  const who = getCurrentProcess();
  const object = Object.create(prototypes.get(who.kind) ?? BaseProcess.prototype) as BaseProcess;
  adopt(object, { role: 'current', who, pid: process.pid, work: null, popen: null, closed: false });
  return (current = object);
}
