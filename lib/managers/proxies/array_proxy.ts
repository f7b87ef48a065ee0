import type { Bound } from '../../util/slices';
import { go, type Course } from '../../util/eventual';
import { BaseProxy } from '../base_proxy';
import { Slice } from '../slice';

/**
 * Python's `array.array` in a server: numbers (or characters) of one type of C.
 *
 * @example
 * const array = await manager.Array('i', [1, 2, 3]);
 * await array.set(0, 7);
 * console.log(await array.slice()); // [ 7, 2, 3 ]
 */
export class ArrayProxy<T = number> extends BaseProxy implements AsyncIterable<T> {
  static override readonly _exposed_: readonly string[] = ['__getitem__', '__len__', '__setitem__'];

  /** Python's `array[index]`. @throws IndexError if there is no such place. */
  at(index: number): Promise<T> {
    return this.__getitem__(index);
  }

  /**
   * Python's `array[index] = value`.
   *
   * @throws IndexError if there is no such place.
   * @throws TypeError, OverflowError for what the type does not take.
   */
  set(index: number, value: T): Promise<void> {
    return this.__setitem__(index, value);
  }

  /** Python's `array[start:stop:step]`: a list. */
  slice(start?: Bound, stop?: Bound, step?: Bound): Promise<T[]> {
    return this._run(() => go(this.#slicing(new Slice(start ?? null, stop ?? null, step ?? null))));
  }

  *#slicing(slice: Slice): Course<T[]> {
    const part = yield* this._calling('__getitem__', [slice]);
    return Array.from(part as Iterable<T | bigint>, narrowed) as T[];
  }

  /** Python's `len(array)`. */
  length(): Promise<number> {
    return this.__len__();
  }

  __getitem__(index: number): Promise<T> {
    return this._callmethod('__getitem__', [index]) as Promise<T>;
  }
  __setitem__(index: number | Slice, value: unknown): Promise<void> {
    return this._tell('__setitem__', [index, value]);
  }
  __len__(): Promise<number> {
    return this._callmethod('__len__') as Promise<number>;
  }

  /** The values as they are at the beginning, got in one call. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.slice();
  }
}

/** Integers of 8 bytes are bigints in a typed array. */
function narrowed(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}
