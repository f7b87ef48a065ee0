import { AssertionError, AttributeError } from '../errors';
import { REDUCE } from '../reduction/registry';
import type { AcquireKeywords, Held } from '../synchronize';
import { held } from '../synchronize/held';
import { RLock } from '../synchronize/rlock';
import { GET_ITEM, Indexed, SET_ITEM, type Items } from '../util/indexed';
import { type_name } from '../util/repr';
import type { Bound } from '../util/slices';
import { isThenable } from '../util/thenable';
import { CArray, CharArray, type AnyCArray } from './carray';
import type { Char, View } from './cells';
import { SimpleCData, type AnyCData } from './types';

/** What can be the lock of a shared value: `RLock`, `Lock` … */
export interface Acquirable {
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): Promise<boolean>;
  release(): void;
}

/** As {@link Acquirable}, of the facade that blocks. */
export interface BlockingAcquirable {
  acquire(block?: boolean | AcquireKeywords, timeout?: number | null): boolean;
  release(): void;
}

/** A lock of either facade: its wrapper waits as it does. */
export type AnyAcquirable = Acquirable | BlockingAcquirable;

/** What `hold` gives with such a lock: of the facade that blocks at once. */
export type HeldBy<L extends AnyAcquirable> = L extends BlockingAcquirable ? Held : Promise<Held>;

/** What a wrapper is around. */
export type Wrapped = AnyCData | AnyCArray;

/** What travels of a wrapper. */
interface SharedWrapper {
  readonly object: Wrapped;
  readonly lock: AnyAcquirable;
}

/** A value or an array in shared memory, with the lock that goes with it. */
export abstract class SynchronizedBase<O, L extends AnyAcquirable = RLock> extends Indexed {
  static readonly [REDUCE] = {
    reduce: (wrapper: SynchronizedBase<Wrapped, AnyAcquirable>): SharedWrapper => ({
      object: wrapper.#object,
      lock: wrapper.#lock,
    }),
    rebuild: ({ object, lock }: SharedWrapper): SynchronizedBase<unknown, AnyAcquirable> =>
      wrapper(object, lock),
  };

  readonly #object: O;
  readonly #lock: L;

  /** Not to be called: see {@link Value}, {@link Array} and {@link synchronized}. */
  constructor(object: O, lock: L) {
    super();
    this.#object = object;
    this.#lock = lock;
  }

  /** The object itself, without the lock. */
  get_obj(): O {
    return this.#object;
  }

  get_lock(): L {
    return this.#lock;
  }

  /** Acquires the lock: see {@link RLock.acquire}. */
  acquire(...args: Parameters<Acquirable['acquire']>): ReturnType<L['acquire']> {
    return this.#lock.acquire(...args) as ReturnType<L['acquire']>;
  }

  /** Releases the lock. */
  release(): void {
    this.#lock.release();
  }

  /** Holds the lock for a block: `using _ = await counter.hold();` is Python's `with counter:`. */
  hold(): HeldBy<L> {
    const acquired: boolean | Promise<boolean> = this.acquire();
    return (isThenable(acquired) ? acquired.then(() => held(this)) : held(this)) as HeldBy<L>;
  }

  /** `<Synchronized wrapper for c_int(5)>` */
  override toString(): string {
    return `<${this.constructor.name} wrapper for ${String(this.#object)}>`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * A value in shared memory, with a lock: what {@link Value} gives.
 *
 * Reading and writing `value` does not take the lock, as nothing can wait there; in Python it does. Each is one step
 * that no other process sees by half; whoever does more in one go holds the lock, and then readers may see what is
 * between.
 */
export class Synchronized<
  Read = number,
  Write = Read,
  V extends View = View,
  L extends AnyAcquirable = RLock,
> extends SynchronizedBase<SimpleCData<Read, Write, V>, L> {
  get value(): Read {
    return this.get_obj().value;
  }
  set value(value: Read | Write) {
    this.get_obj().value = value;
  }

  /** The memory itself, as a typed array of one element. */
  get buffer(): V {
    return this.get_obj().buffer;
  }
}

/**
 * An array in shared memory, with a lock: what {@link Array} gives.
 *
 * Items and slices do not take the lock; in Python they do. See {@link Synchronized}.
 */
export class SynchronizedArray<
  Read = number,
  Write = Read,
  V extends View = View,
  Slice = Read[],
  L extends AnyAcquirable = RLock,
  A extends CArray<Read, Write, V, Slice> = CArray<Read, Write, V, Slice>,
>
  extends SynchronizedBase<A, L>
  implements Items<Read>
{
  /** `array[-1]` is the last one. @throws IndexError if there is no such place. */
  [index: number]: Read;

  /** How many values it has: Python's `len(array)`. */
  get length(): number {
    return this.get_obj().length;
  }

  /** The memory itself, as a typed array: see {@link CArray.buffer}. */
  get buffer(): V {
    return this.get_obj().buffer;
  }

  /** The value at a place: see {@link CArray.at}. */
  at(index: number): Read {
    return this.get_obj().at(index);
  }

  /** Python's `array[start:stop:step]`: see {@link CArray.slice}. */
  slice(start?: Bound, stop?: Bound, step?: Bound): Slice {
    return this.get_obj().slice(start, stop, step);
  }

  /** Python's `array[start:stop:step] = values`: see {@link CArray.set_slice}. */
  set_slice(start: Bound, stop: Bound, values: Iterable<Write>, step?: Bound): void {
    this.get_obj().set_slice(start, stop, values, step);
  }

  [Symbol.iterator](): Generator<Read, void, undefined> {
    return this.get_obj()[Symbol.iterator]();
  }

  [GET_ITEM](index: number): Read {
    return this.get_obj()[GET_ITEM](index);
  }

  [SET_ITEM](index: number, value: Read): void {
    this.get_obj()[SET_ITEM](index, value as unknown as Write);
  }
}

/** An array of characters in shared memory, with a lock: what {@link Array} of `c` gives. */
export class SynchronizedString<L extends AnyAcquirable = RLock> extends SynchronizedArray<
  Buffer,
  Char,
  Uint8Array,
  Buffer,
  L,
  CharArray
> {
  /** The bytes up to the first NUL: see {@link CharArray.value}. */
  get value(): Buffer {
    return this.get_obj().value;
  }
  set value(value: Uint8Array) {
    this.get_obj().value = value;
  }

  /** All bytes: see {@link CharArray.raw}. */
  get raw(): Buffer {
    return this.get_obj().raw;
  }
  set raw(value: Uint8Array) {
    this.get_obj().raw = value;
  }
}

/** What {@link synchronized} makes of an object. */
export type SynchronizedOf<O, L extends AnyAcquirable = RLock> = O extends CharArray
  ? SynchronizedString<L>
  : O extends CArray<infer Read, infer Write, infer V, infer Slice>
    ? SynchronizedArray<Read, Write, V, Slice, L>
    : O extends SimpleCData<infer Read, infer Write, infer V>
      ? Synchronized<Read, Write, V, L>
      : never;

/**
 * Puts a lock beside a value or an array that has none.
 *
 * Python's `sharedctypes.synchronized`.
 *
 * @param lock - @default a new `RLock`
 * @throws AssertionError if it has one already.
 * @throws AttributeError for what is no shared object, and for a lock that cannot be acquired.
 * @example
 * const counter = synchronized(RawValue('i'));
 */
export function synchronized<O extends Wrapped, L extends Acquirable = RLock>(
  obj: O,
  lock?: L | null,
): SynchronizedOf<O, L>;
export function synchronized(
  obj: unknown,
  lock?: Acquirable | null,
): SynchronizedBase<Wrapped, AnyAcquirable> {
  return wrapper(obj, lock ?? new RLock());
}

/** What {@link synchronized} makes, with a lock of either facade. */
export function wrapper(obj: unknown, lock: AnyAcquirable): SynchronizedBase<Wrapped, AnyAcquirable> {
  if (obj instanceof SynchronizedBase) throw new AssertionError('object already synchronized');
  if (!(obj instanceof SimpleCData) && !(obj instanceof CArray)) {
    throw new AttributeError(`type object '${type_name(obj)}' has no attribute '_fields_'`);
  }
  if (typeof (lock as Partial<AnyAcquirable>).acquire !== 'function') {
    throw new AttributeError(`'${type_name(lock)}' object has no attribute 'acquire'`);
  }
  if (obj instanceof CharArray) return new SynchronizedString(obj, lock);
  if (obj instanceof CArray)
    return new SynchronizedArray<unknown, never, View, unknown, AnyAcquirable>(obj as AnyCArray, lock);
  return new Synchronized(obj as AnyCData, lock);
}
