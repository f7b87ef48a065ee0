import { getSystemErrorName, types } from 'node:util';
import * as known from '../errors';
import { UnpicklingError } from '../errors';
// `known` has the TimeoutError of `multiprocessing`.
import { OSError, TimeoutError as OSTimeoutError } from '../util/os_errors';
import { brief } from './brief';
import type { ErrorClass, Rebuilder, Reduced } from './types';
import { asTuple } from './values';

/*
 * Exceptions cross by class. In Python an exception is its class and its `args`; here it is its class and its message,
 * so one that was read keeps its `args` beside the message, and is written again as it came.
 */

/** Classes of this package or of JavaScript that stand for one of Python. */
const CLASSES: readonly (readonly [name: string, Class: ErrorClass])[] = [
  ...(
    [
      'ArithmeticError AssertionError AttributeError BrokenPipeError BufferError ConnectionAbortedError',
      'ConnectionError ConnectionRefusedError ConnectionResetError EOFError FileExistsError FileNotFoundError',
      'ImportError IndexError InterruptedError KeyError KeyboardInterrupt LookupError MemoryError',
      'ModuleNotFoundError NameError NotImplementedError OSError OverflowError PermissionError ProcessLookupError',
      'RecursionError RuntimeError StopIteration SystemExit UnicodeError ValueError ZeroDivisionError',
    ]
      .join(' ')
      .split(' ') as (keyof typeof known)[]
  ).map((name) => [`builtins ${name}`, known[name]] as const),
  ['builtins Exception', Error],
  ['builtins TypeError', TypeError],
  ['builtins SyntaxError', SyntaxError],
  ['builtins ValueError', RangeError],
  ['builtins NameError', ReferenceError],
  ['multiprocessing.context ProcessError', known.ProcessError],
  ['multiprocessing.context TimeoutError', known.TimeoutError],
  ['multiprocessing.context BufferTooShort', known.BufferTooShort],
  ['multiprocessing.context AuthenticationError', known.AuthenticationError],
  // What protocols below 3 call them.
  ['multiprocessing ProcessError', known.ProcessError],
  ['multiprocessing TimeoutError', known.TimeoutError],
  ['multiprocessing BufferTooShort', known.BufferTooShort],
  ['multiprocessing AuthenticationError', known.AuthenticationError],
  ['_pickle PicklingError', known.PicklingError],
  ['_pickle UnpicklingError', known.UnpicklingError],
  ['pickle PicklingError', known.PicklingError],
  ['pickle UnpicklingError', known.UnpicklingError],
];

/** Those that have no class here are of the nearest one that has, under their own name. */
const NEAREST: readonly (readonly [Class: ErrorClass, names: string])[] = [
  [
    Error,
    'BaseException Warning BytesWarning DeprecationWarning EncodingWarning FutureWarning ImportWarning ' +
      'PendingDeprecationWarning ResourceWarning RuntimeWarning SyntaxWarning UnicodeWarning UserWarning ' +
      'GeneratorExit StopAsyncIteration SystemError ReferenceError BaseExceptionGroup ExceptionGroup',
  ],
  [OSError, 'BlockingIOError ChildProcessError IsADirectoryError NotADirectoryError'],
  [known.ArithmeticError, 'FloatingPointError'],
  [SyntaxError, 'IndentationError TabError'],
  [known.NameError, 'UnboundLocalError'],
  [known.RuntimeError, 'PythonFinalizationError'],
  [known.UnicodeError, 'UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError'],
];

/** The class of an `OSError` by its number. */
const OS_CLASSES: Partial<Record<string, string>> = {
  EAGAIN: 'BlockingIOError',
  EALREADY: 'BlockingIOError',
  EINPROGRESS: 'BlockingIOError',
  EPIPE: 'BrokenPipeError',
  ECHILD: 'ChildProcessError',
  ECONNABORTED: 'ConnectionAbortedError',
  ECONNREFUSED: 'ConnectionRefusedError',
  ECONNRESET: 'ConnectionResetError',
  EEXIST: 'FileExistsError',
  ENOENT: 'FileNotFoundError',
  EINTR: 'InterruptedError',
  EISDIR: 'IsADirectoryError',
  ENOTDIR: 'NotADirectoryError',
  EACCES: 'PermissionError',
  EPERM: 'PermissionError',
  ESRCH: 'ProcessLookupError',
  ETIMEDOUT: 'TimeoutError',
};

/** What a JavaScript error has of its own, which no attribute from Python may replace. */
const RESERVED: ReadonlySet<string> = new Set(['stack', 'message', 'name', 'args', 'cause', '__proto__']);
/** What is in the `args` of an error of the system already. */
const IN_ARGS: ReadonlySet<string> = new Set(['errno', 'code', 'filename', 'syscall', 'path']);

/** What is kept of an exception that was read, to write it as it came. */
const ORIGIN = Symbol('multiprocessing-ts.pickle.origin');

interface Origin {
  readonly global: string;
  readonly args: readonly unknown[];
  state: ReadonlyMap<unknown, unknown> | null;
}

/** An error that shows Python's `args`. */
type Arguments = Error & { args?: unknown; [ORIGIN]?: Origin };

export class Exceptions {
  readonly #names = new Map<object, string>();
  readonly rebuilders = new Map<string, Rebuilder>();

  constructor(more: Iterable<readonly [name: string, Class: ErrorClass]> = []) {
    for (const [Class, names] of NEAREST) {
      for (const name of names.split(' ')) this.#allow(`builtins ${name}`, Class, name);
    }
    this.#add('builtins TimeoutError', OSTimeoutError);
    for (const [name, Class] of CLASSES) this.#add(name, Class);
    for (const [name, Class] of more) this.#add(name, Class);
  }

  #add(global: string, Class: ErrorClass): void {
    const prototype = Class.prototype as object;
    if (!this.#names.has(prototype)) this.#names.set(prototype, global);
    // The first class of a name is the one that it is read as.
    if (!this.rebuilders.has(global)) this.#allow(global, Class, null);
  }

  #allow(global: string, Class: ErrorClass, name: string | null): void {
    this.rebuilders.set(global, {
      make: (args, kwds) => {
        if (kwds !== null)
          throw new UnpicklingError(`${global.replace(' ', '.')} takes no keyword arguments`);
        if (Class === OSError && name === null && args.length > 1) {
          // Python makes the right class of the number; protocols below 3 name no other.
          const right = OS_CLASSES[codeOf(args[0]) ?? ''] ?? null;
          const better = right === null ? undefined : this.rebuilders.get(`builtins ${right}`);
          if (better !== undefined) return better.make(args, null);
        }
        return rebuilt(global, Class, name, args);
      },
      set_state: (error, state) => giveState(error as Arguments, state),
    });
  }

  /** How an error is raised in Python: as the nearest of its classes that Python has. */
  reduce(error: Error): Reduced {
    const origin = (error as Arguments)[ORIGIN];
    const state = stateOf(error, origin?.state ?? null);
    const more = state.size === 0 ? {} : { state };
    if (origin !== undefined) return { global: origin.global, args: origin.args, ...more };
    for (let above: unknown = error; above !== null;) {
      above = Object.getPrototypeOf(above) as unknown;
      const global = above === null ? undefined : this.#names.get(above as object);
      if (global === undefined) continue;
      if (global !== 'builtins Exception') return { global, args: argsOf(error, ''), ...more };
      break;
    }
    return { ...unknownClass(error), ...more };
  }
}

/** Of a class that Python does not have: what it is called stands before its message. */
function unknownClass(error: Error): Reduced {
  const { errno, code } = error as Error & { errno?: unknown; code?: unknown };
  if (typeof errno === 'number' && errno < 0 && typeof code === 'string') {
    // One of node's own: Python makes the right class of the number.
    return { global: 'builtins OSError', args: [-errno, error.message] };
  }
  // An error of another realm (of node itself, where this is loaded into a context) is known by its name.
  const found = types.isNativeError(error)
    ? CLASSES.find(([, Class]) => Class.name === error.name)
    : undefined;
  if (found !== undefined) return { global: found[0], args: argsOf(error, '') };
  const isPlain = Object.getPrototypeOf(error) === Error.prototype && error.name === 'Error';
  return { global: 'builtins Exception', args: argsOf(error, isPlain ? '' : error.name) };
}

function argsOf(error: Error, prefix: string): readonly unknown[] {
  const { args, message } = error as Arguments;
  if (Array.isArray(args)) return args as unknown[];
  if (error instanceof known.StopIteration) return error.value === null ? [] : [error.value];
  if (error instanceof known.SystemExit) return error.code === null ? [] : [error.code];
  if (error instanceof OSError && error.errno !== null) return osArgs(error, error.errno);
  if (error instanceof known.KeyError) {
    // The message of a KeyError is the repr of its key.
    const quoted = /^'([^'\\]*)'$/.exec(message);
    if (quoted !== null) return [quoted[1]];
  }
  if (prefix !== '') return [message === '' ? prefix : `${prefix}: ${message}`];
  return message === '' ? [] : [message];
}

function osArgs({ message, filename }: OSError, errno: number): readonly unknown[] {
  const head = `[Errno ${errno}] `;
  const tail = filename === null ? '' : `: '${filename}'`;
  const start = message.startsWith(head) ? head.length : 0;
  const text = message.slice(start, tail !== '' && message.endsWith(tail) ? -tail.length : undefined);
  return filename === null ? [errno, text] : [errno, text, filename];
}

function rebuilt(global: string, Class: ErrorClass, name: string | null, args: readonly unknown[]): Error {
  // Its constructor may take anything, and is not called: what the known ones would set is set here.
  const made: object = Reflect.construct(
    Error,
    [messageOf(Class, args)],
    Class as unknown as new () => Error,
  );
  const error = made as Error;
  const hidden = (key: PropertyKey, value: unknown): void => {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  };
  if (name !== null) hidden('name', name);
  // Of an OSError the file is no argument any more.
  const isFile = error instanceof OSError && args.length > 2 && args.length <= 5;
  hidden('args', isFile ? asTuple(args.slice(0, 2)) : args);
  const origin: Origin = { global, args, state: null };
  hidden(ORIGIN, origin);
  if (error instanceof OSError) {
    const [errno, , filename] = args;
    const isNumbered = args.length > 1 && typeof errno === 'number';
    Object.assign(error, {
      errno: isNumbered ? errno : null,
      code: isNumbered ? codeOf(errno) : null,
      filename: isNumbered && typeof filename === 'string' ? filename : null,
    });
  } else if (error instanceof known.StopIteration) {
    Object.assign(error, { value: args[0] ?? null });
  } else if (error instanceof known.SystemExit) {
    Object.assign(error, { code: args.length > 1 ? args : (args[0] ?? null) });
  }
  return error;
}

/** `str(exception)`. */
function messageOf(Class: ErrorClass, args: readonly unknown[]): string {
  const [first, second, third] = args;
  if (args.length === 0) return '';
  if (isBelow(Class, OSError) && args.length > 1 && args.length <= 5) {
    const file = third === undefined || third === null ? '' : `: ${brief(third)}`;
    return `[Errno ${brief(first)}] ${typeof second === 'string' ? second : brief(second)}${file}`;
  }
  if (args.length > 1) return `(${args.slice(0, 20).map(brief).join(', ')})`;
  return typeof first === 'string' && !isBelow(Class, known.KeyError) ? first : brief(first);
}

const isBelow = (Class: ErrorClass, Base: ErrorClass): boolean =>
  Class === Base || Class.prototype instanceof (Base as new () => Error);

function giveState(error: Arguments, state: unknown): void {
  if (state === null) return;
  if (!(state instanceof Map)) throw new TypeError('state is not a dictionary');
  const origin = error[ORIGIN];
  if (origin !== undefined) origin.state = state;
  for (const [key, value] of state as ReadonlyMap<unknown, unknown>) {
    if (typeof key !== 'string' || RESERVED.has(key)) continue;
    Object.defineProperty(error, key, { value, configurable: true, enumerable: true, writable: true });
  }
}

/**
 * The attributes it gets: all that it came with, and those of its own that are plain values. What else an error of
 * JavaScript carries (sockets, requests) is worth less than the error.
 */
function stateOf(error: Error, came: ReadonlyMap<unknown, unknown> | null): Map<unknown, unknown> {
  const state = new Map(came ?? []);
  const hasNumber = 'errno' in error;
  for (const key of Object.keys(error)) {
    if (RESERVED.has(key) || (hasNumber && IN_ARGS.has(key))) continue;
    const value: unknown = (error as unknown as Record<string, unknown>)[key];
    const isPlain = value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
    if (isPlain || came?.has(key) === true) state.set(key, value);
  }
  return state;
}

function codeOf(errno: unknown): string | null {
  try {
    return typeof errno === 'number' ? getSystemErrorName(-errno) : null;
  } catch {
    return null;
  }
}
