import type { Global } from './values';

/** Makes objects of one class (or calls of one function) of Python again. Everything that is not listed is refused. */
export interface Rebuilder {
  /**
   * What Python would call the class or function with. It is given values of a stranger: whatever is wrong with them
   * is an error to throw.
   *
   * @param kwds - keyword arguments; `null` if there are none.
   */
  readonly make: (args: readonly unknown[], kwds: ReadonlyMap<unknown, unknown> | null) => unknown;
  /**
   * What `__setstate__` does, or the update of `__dict__`: of a tuple as {@link Tuple}, of a dict as `Map`. Without it
   * an object with a state is refused.
   */
  readonly set_state?: (made: unknown, state: unknown) => void;
}

/** What may be rebuilt, by module and name: `'multiprocessing.managers Token'`. */
export type Allowed = ReadonlyMap<string, Rebuilder | Rebuilder['make']>;

/** How Python makes an object again: `global(*args)`, then its state. */
export interface Reduced {
  /** A class or function: `'module name'`. */
  readonly global: Global | string;
  readonly args: readonly unknown[];
  /** For `__setstate__`, or the update of `__dict__`. */
  readonly state?: unknown;
  /** True: `global.__new__(global, *args)`, without `__init__`. */
  readonly is_new?: boolean;
}

/** How an object that is none of pickle's own is written; `null` if it is not known here either. */
export type Reduce = (value: object) => Reduced | Global | null;

/** A class of exceptions, whatever its constructor takes: it is not called. */
export type ErrorClass = abstract new (...args: never[]) => Error;

export interface PickleOptions {
  /** What may be rebuilt besides Python's own types and exceptions. */
  readonly allow?: Allowed;
  /** Classes of exceptions, by their names in Python: `['queue Full', Full]`. The first name of a class is written. */
  readonly exceptions?: Iterable<readonly [name: string, Class: ErrorClass]>;
  /** Asked for every object that is not of a type of pickle's own. */
  readonly reduce?: Reduce;
  /** With it, errors whose `cause` is one cross with its text, as errors of Python's pools do. */
  readonly RemoteTraceback?: RemoteTracebackClass;
  /**
   * How many lists, tuples, dicts, sets and objects one pickle may make.
   *
   * @default 16777216
   */
  readonly most_objects?: number;
}

/** The cause of an error of a worker: the text of where it was thrown. */
export type RemoteTracebackClass = new (stack: string) => Error & { readonly tb: string };
