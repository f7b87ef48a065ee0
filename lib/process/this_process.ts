import { getCurrentProcess, type CurrentProcess } from '../util/current';
import { adopt, type ProcessObject, type ProcessState } from './process_object';

interface Class {
  readonly name: string;
  readonly prototype: ProcessObject;
}

/** The prototypes of this package's own classes. */
const own = new WeakSet<ProcessObject>();

/** Is it of such a class, and without fields? Then it has nothing to tell but what it runs. */
export const isPlain = (process: ProcessObject): boolean =>
  own.has(Object.getPrototypeOf(process) as ProcessObject) && Reflect.ownKeys(process).length === 0;

/** The object that has come from the parent: the one of this process in every facade. */
let arrived: ProcessObject | null = null;

export function setThisProcess(process: ProcessObject): void {
  arrived = process;
}

/** The classes of process objects of one facade, and its objects of this process and of the one that started it. */
export class Face {
  readonly #Base: Class;
  readonly #prototypes = new Map<string, ProcessObject>();
  #current: ProcessObject | null = null;
  #parent: ProcessObject | null = null;

  /** @param Base - what an object is of whose class is not known here. */
  constructor(Base: Class) {
    this.#Base = Base;
  }

  /** A class whose objects are made on the other side, when they are asked for, and do not travel. */
  declare(Class: Class): void {
    own.add(Class.prototype);
    this.#prototypes.set(Class.name, Class.prototype);
  }

  /** This process: what has come from the parent, or one like it. */
  currentProcess(): ProcessObject {
    return arrived ?? (this.#current ??= this.#make('current', getCurrentProcess(), process.pid));
  }

  /** The process that started this one; `null`: none of ours has. */
  parentProcess(): ProcessObject | null {
    const { parentPid, parentName } = getCurrentProcess();
    if (parentPid === null) return null;
    return (this.#parent ??= this.#make('parent', { ...NOBODY, name: parentName }, parentPid));
  }

  #make(role: ProcessState['role'], who: CurrentProcess, pid: number): ProcessObject {
    const object = Object.create(this.#prototypes.get(who.kind) ?? this.#Base.prototype) as ProcessObject;
    adopt(object, { role, who, pid, work: null, popen: null, closed: false });
    return object;
  }
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
