import { IndexError } from '../../errors';
import type { Bound } from '../../util/slices';
import { go } from '../../util/eventual';
import { BaseProxy } from '../base_proxy';
import { Slice } from '../slice';
import { iterableArgument } from './arguments';

/** What sorts a list. */
export interface SortKeywords<T> {
  /** Called in the server with each item: what it returns is compared in the item's place. */
  readonly key?: ((item: T) => unknown) | null;
  /** Begin with the greatest. @default false */
  readonly reverse?: boolean;
}

type Values<T> = Iterable<T> | BaseProxy;

/**
 * Python's `list` in a server. What is read of it is a copy: change an item by setting it again, or by having a shared
 * object for an item.
 *
 * @example
 * const list = await manager.list([1, 2, 3]);
 * await list.append(4);
 * console.log(await list.at(-1), await list.length()); // 4 4
 * for await (const item of list) console.log(item);
 */
export class ListProxy<T = unknown> extends BaseProxy implements AsyncIterable<T> {
  static override readonly _exposed_: readonly string[] = [
    ...[
      '__add__',
      '__contains__',
      '__delitem__',
      '__getitem__',
      '__imul__',
      '__len__',
      '__mul__',
      '__reversed__',
    ],
    ...[
      '__rmul__',
      '__setitem__',
      'append',
      'clear',
      'copy',
      'count',
      'extend',
      'index',
      'insert',
      'pop',
      'remove',
    ],
    ...['reverse', 'sort'],
  ];

  /** Adds one at the end. */
  append(value: T): Promise<void> {
    return this._tell('append', [value]);
  }

  /** Adds all at the end. */
  extend(values: Values<T>): Promise<void> {
    return this._run(() => this._telling('extend', [iterableArgument(values)]));
  }

  /** Puts one before the place. */
  insert(index: number, value: T): Promise<void> {
    return this._tell('insert', [index, value]);
  }

  /**
   * Takes one out.
   *
   * @param index - @default -1, the last
   * @throws IndexError if there is no such place.
   */
  pop(index?: number): Promise<T> {
    return this._callmethod('pop', index === undefined ? [] : [index]) as Promise<T>;
  }

  /** Takes the first out that is equal. @throws ValueError if there is none. */
  remove(value: T): Promise<void> {
    return this._tell('remove', [value]);
  }

  /** Where the first is that is equal. @throws ValueError if there is none. */
  index(value: T, start?: number, stop?: number): Promise<number> {
    const bounds = [start, stop].slice(0, stop !== undefined ? 2 : start !== undefined ? 1 : 0);
    return this._callmethod('index', [
      value,
      ...(stop !== undefined ? [start ?? 0, stop] : bounds),
    ]) as Promise<number>;
  }

  /** How many are equal. */
  count(value: T): Promise<number> {
    return this._callmethod('count', [value]) as Promise<number>;
  }

  reverse(): Promise<void> {
    return this._tell('reverse');
  }

  /** Sorts by Python's `<`. @throws TypeError for items that have no order. */
  sort(keywords: SortKeywords<T> = {}): Promise<void> {
    return this._tell('sort', [], keywords);
  }

  /** Python's of 3.14, as is `copy`. */
  clear(): Promise<void> {
    return this._tell('clear');
  }

  copy(): Promise<T[]> {
    return this._callmethod('copy') as Promise<T[]>;
  }

  /** Python's `list[index]`; `list.at(-1)` is the last. @throws IndexError if there is no such place. */
  at(index: number): Promise<T> {
    return this.__getitem__(index);
  }

  /** Python's `list[index] = value`. @throws IndexError if there is no such place. */
  set(index: number, value: T): Promise<void> {
    return this.__setitem__(index, value);
  }

  /** Python's `del list[index]`. @throws IndexError if there is no such place. */
  delete(index: number): Promise<void> {
    return this.__delitem__(index);
  }

  /** Python's `list[start:stop:step]`: a plain list. */
  slice(start?: Bound, stop?: Bound, step?: Bound): Promise<T[]> {
    return this.__getitem__(new Slice(start ?? null, stop ?? null, step ?? null));
  }

  /** Python's `list[start:stop:step] = values`. @throws ValueError if with a step there are more or fewer. */
  set_slice(start: Bound, stop: Bound, values: Values<T>, step: Bound = null): Promise<void> {
    const slice = new Slice(start ?? null, stop ?? null, step ?? null);
    return this._run(() => this._telling('__setitem__', [slice, iterableArgument(values)]));
  }

  /** Python's `len(list)`. */
  length(): Promise<number> {
    return this.__len__();
  }

  /** Python's `value in list`. */
  includes(value: unknown): Promise<boolean> {
    return this.__contains__(value);
  }

  __getitem__(index: number): Promise<T>;
  __getitem__(index: Slice): Promise<T[]>;
  __getitem__(index: number | Slice): Promise<T | T[]> {
    return this._callmethod('__getitem__', [index]) as Promise<T | T[]>;
  }
  __setitem__(index: number | Slice, value: unknown): Promise<void> {
    return this._tell('__setitem__', [index, value]);
  }
  __delitem__(index: number | Slice): Promise<void> {
    return this._tell('__delitem__', [index]);
  }
  __contains__(value: unknown): Promise<boolean> {
    return this._callmethod('__contains__', [value]) as Promise<boolean>;
  }
  __len__(): Promise<number> {
    return this._callmethod('__len__') as Promise<number>;
  }
  /** Python's `list + values`: a plain list. */
  __add__<U>(values: readonly U[] | ListProxy<U>): Promise<(T | U)[]> {
    return this._callmethod('__add__', [values]) as Promise<(T | U)[]>;
  }
  /** Python's `list * times`: a plain list. */
  __mul__(times: number): Promise<T[]> {
    return this._callmethod('__mul__', [times]) as Promise<T[]>;
  }
  /** Python's `times * list`. */
  __rmul__(times: number): Promise<T[]> {
    return this._callmethod('__rmul__', [times]) as Promise<T[]>;
  }
  /** Python's `list += values`. */
  __iadd__(values: Values<T>): Promise<this> {
    return this._run(() => this._changing('extend', [iterableArgument(values)]));
  }
  /** Python's `list *= times`. */
  __imul__(times: number): Promise<this> {
    return this._change('__imul__', [times]);
  }
  /** Python's `reversed(list)`: a plain list here. */
  __reversed__(): Promise<T[]> {
    return this._run(() => go(this._listing('__reversed__', []))) as Promise<T[]>;
  }

  /** A copy of all of it. */
  override _getvalue(): Promise<T[]> {
    return super._getvalue() as Promise<T[]>;
  }

  /** Item after item, each a call: what is changed meanwhile is seen, as in Python. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let i = 0; ; i++) {
      let item: T;
      try {
        item = await this.__getitem__(i);
      } catch (error) {
        if (error instanceof IndexError) return;
        throw error;
      }
      yield item;
    }
  }
}
