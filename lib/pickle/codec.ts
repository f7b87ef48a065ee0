import { Buffer } from 'node:buffer';
import { PicklingError, UnpicklingError } from '../errors';
import { RecursionError } from '../util/exceptions';
import { Exceptions } from './exceptions';
import { Globals } from './globals';
import { pathTo } from './path';
import { Reader } from './reader';
import type { Allowed, PickleOptions, RemoteTracebackClass } from './types';
import { Refusal, Writer } from './writer';

const MOST_OBJECTS = 2 ** 24;

/**
 * Python's `pickle`, for those who agree on what may be in it.
 *
 * Unlike Python's, it runs nothing that it reads: a pickle can only name what is on a list, and everything else is an
 * `UnpicklingError` that says what it named.
 *
 * | Python | here |
 * | --- | --- |
 * | `None` | `null` (`undefined` is written as `None`) |
 * | `int` | `number`, or `bigint` from 2**53 on |
 * | `float` | `number`; a whole one is written as `int`, unless it is `float(1)` or beyond 2**53 |
 * | `str` | `string`, with lone surrogates |
 * | `bytes`, `bytearray` | `Buffer` (any `Uint8Array` is written), `ByteArray` |
 * | `list`, `tuple` | `Array`, `Tuple` |
 * | `dict` | `Map` (plain objects are written too) |
 * | `set`, `frozenset` | `Set`, `FrozenSet` |
 * | `datetime` in UTC | `Date`; with a zone or microseconds a `DateTime`, which is a `Date`; without a zone `NaiveDateTime` |
 * | `date`, `time`, `timedelta`, `timezone` | `CalendarDate`, `ClockTime`, `TimeDelta`, `TimeZone` |
 * | `array.array` | the typed array |
 * | exceptions | the class of that name, or the nearest, with `args` |
 *
 * What is in two places, or in itself, is so on the other side.
 */
export class PickleCodec {
  readonly #exceptions: Exceptions;
  readonly #globals: Globals;
  readonly #options: PickleOptions;
  readonly #most: number;
  #writer: Writer;

  constructor(options: PickleOptions = {}) {
    this.#options = options;
    this.#most = options.most_objects ?? MOST_OBJECTS;
    this.#exceptions = new Exceptions(options.exceptions);
    const { RemoteTraceback } = options;
    const own: Allowed = RemoteTraceback === undefined ? new Map() : tracebackGlobals(RemoteTraceback);
    this.#globals = new Globals(this.#exceptions, new Map([...own, ...(options.allow ?? [])]));
    this.#writer = this.#newWriter();
  }

  #newWriter(): Writer {
    const { reduce = null, RemoteTraceback = null } = this.#options;
    return new Writer(this.#exceptions, reduce, RemoteTraceback);
  }

  /**
   * A value as a pickle of protocol 4.
   *
   * @throws PicklingError with the way to what cannot be written; TypeError for a key that Python cannot hash;
   *   RecursionError for what is nested more than 1000 deep.
   */
  dumps(value: unknown): Uint8Array {
    // The hook that is asked for an object may pickle something itself.
    const writer = this.#writer.isBusy ? this.#newWriter() : this.#writer;
    try {
      return writer.write(value);
    } catch (error) {
      if (error instanceof Refusal) {
        const path = pathTo(value, error.culprit);
        throw new PicklingError(error.message + (path === null || path === 'value' ? '' : `: ${path}`));
      }
      if (isStackOverflow(error)) {
        throw new RecursionError('maximum recursion depth exceeded while pickling an object');
      }
      throw error;
    }
  }

  /**
   * The value that a pickle of any protocol holds.
   *
   * @throws UnpicklingError for what is damaged or names what it may not; EOFError for what ends too soon; as in Python,
   *   ValueError, UnicodeError and TypeError for a protocol, numbers, text and keys that are none.
   */
  loads(bytes: Uint8Array): unknown {
    const buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new Reader(buffer, this.#globals, this.#most).read();
  }
}

const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

const HEAD = '\n"""\n';
const TAIL = '"""';

/** `rebuild_exc(exc, tb)`: how pools of Python send an exception with its traceback. */
function tracebackGlobals(RemoteTraceback: RemoteTracebackClass): Allowed {
  const make = ([error, tb]: readonly unknown[]): unknown => {
    if (!(error instanceof Error) || typeof tb !== 'string') {
      throw new UnpicklingError('rebuild_exc takes an exception and a text');
    }
    const stack = tb.startsWith(HEAD) && tb.endsWith(TAIL) ? tb.slice(HEAD.length, -TAIL.length) : tb;
    const value = new RemoteTraceback(stack);
    Object.defineProperty(error, 'cause', { value, configurable: true, writable: true });
    return error;
  };
  return new Map([
    ['multiprocessing.pool rebuild_exc', make],
    ['concurrent.futures.process _rebuild_exc', make],
  ]);
}
