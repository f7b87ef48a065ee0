import { BaseProxy } from '../base_proxy';
import { iterableArgument } from './arguments';
import './iterator_proxy';
import type { IteratorProxy } from './iterator_proxy';

type Values<T> = Iterable<T> | BaseProxy;
type AnySet<T> = ReadonlySet<T> | SetProxy<T>;

const OPERATORS = ['and', 'or', 'sub', 'xor'];

/**
 * Python's `set` in a server, of 3.14. Items are equal as in Python: `1`, `1n` and `true` are one, tuples are compared
 * by what is in them.
 *
 * @example
 * const set = await manager.set([1, 2]);
 * await set.add(3);
 * console.log(await set.has(3), await set.size()); // true 3
 */
export class SetProxy<T = unknown> extends BaseProxy implements AsyncIterable<T> {
  static override readonly _exposed_: readonly string[] = [
    ...OPERATORS.flatMap((name) => [`__${name}__`, `__r${name}__`, `__i${name}__`]),
    ...[
      '__contains__',
      '__ge__',
      '__gt__',
      '__iter__',
      '__le__',
      '__len__',
      '__lt__',
      'add',
      'clear',
      'copy',
    ],
    ...['difference', 'difference_update', 'discard', 'intersection', 'intersection_update', 'isdisjoint'],
    ...['issubset', 'issuperset', 'pop', 'remove', 'symmetric_difference', 'symmetric_difference_update'],
    ...['union', 'update'],
  ];
  static override readonly _method_to_typeid_: Readonly<Record<string, string>> = { __iter__: 'Iterator' };

  add(item: T): Promise<void> {
    return this._tell('add', [item]);
  }

  /** Python's `item in set`. */
  has(item: unknown): Promise<boolean> {
    return this.__contains__(item);
  }

  /** Takes an item out, if it is there. */
  discard(item: T): Promise<void> {
    return this._tell('discard', [item]);
  }

  /** Takes an item out. @throws KeyError if it is not there. */
  remove(item: T): Promise<void> {
    return this._tell('remove', [item]);
  }

  /** Takes any one out. @throws KeyError if there is none. */
  pop(): Promise<T> {
    return this._callmethod('pop') as Promise<T>;
  }

  clear(): Promise<void> {
    return this._tell('clear');
  }

  /** A copy of all of it. */
  copy(): Promise<Set<T>> {
    return this._callmethod('copy') as Promise<Set<T>>;
  }

  /** Python's `len(set)`. */
  size(): Promise<number> {
    return this.__len__();
  }

  union(...others: readonly Values<T>[]): Promise<Set<T>> {
    return this.#of('union', others) as Promise<Set<T>>;
  }
  intersection(...others: readonly Values<unknown>[]): Promise<Set<T>> {
    return this.#of('intersection', others) as Promise<Set<T>>;
  }
  difference(...others: readonly Values<unknown>[]): Promise<Set<T>> {
    return this.#of('difference', others) as Promise<Set<T>>;
  }
  symmetric_difference(other: Values<T>): Promise<Set<T>> {
    return this.#of('symmetric_difference', [other]) as Promise<Set<T>>;
  }
  update(...others: readonly Values<T>[]): Promise<void> {
    return this._run(() => this._telling('update', others.map(iterableArgument)));
  }
  intersection_update(...others: readonly Values<unknown>[]): Promise<void> {
    return this._run(() => this._telling('intersection_update', others.map(iterableArgument)));
  }
  difference_update(...others: readonly Values<unknown>[]): Promise<void> {
    return this._run(() => this._telling('difference_update', others.map(iterableArgument)));
  }
  symmetric_difference_update(other: Values<T>): Promise<void> {
    return this._run(() => this._telling('symmetric_difference_update', [other].map(iterableArgument)));
  }
  isdisjoint(other: Values<unknown>): Promise<boolean> {
    return this.#of('isdisjoint', [other]) as Promise<boolean>;
  }
  issubset(other: Values<unknown>): Promise<boolean> {
    return this.#of('issubset', [other]) as Promise<boolean>;
  }
  issuperset(other: Values<unknown>): Promise<boolean> {
    return this.#of('issuperset', [other]) as Promise<boolean>;
  }

  #of(method: string, others: readonly unknown[]): Promise<unknown> {
    return this._run(() => this._calling(method, others.map(iterableArgument)));
  }

  __contains__(item: unknown): Promise<boolean> {
    return this._callmethod('__contains__', [item]) as Promise<boolean>;
  }
  __len__(): Promise<number> {
    return this._callmethod('__len__') as Promise<number>;
  }
  /** An iterator in the server. It throws a RuntimeError when items come or go meanwhile. */
  __iter__(): Promise<IteratorProxy<T>> {
    return this._callmethod('__iter__') as Promise<IteratorProxy<T>>;
  }
  /** Python's `set | other`. @throws TypeError for what is no set; so do the other operators. */
  __or__(other: AnySet<T>): Promise<Set<T>> {
    return this._callmethod('__or__', [other]) as Promise<Set<T>>;
  }
  __ror__(other: AnySet<T>): Promise<Set<T>> {
    return this._callmethod('__ror__', [other]) as Promise<Set<T>>;
  }
  /** Python's `set & other`. */
  __and__(other: AnySet<unknown>): Promise<Set<T>> {
    return this._callmethod('__and__', [other]) as Promise<Set<T>>;
  }
  __rand__(other: AnySet<unknown>): Promise<Set<T>> {
    return this._callmethod('__rand__', [other]) as Promise<Set<T>>;
  }
  /** Python's `set - other`. */
  __sub__(other: AnySet<unknown>): Promise<Set<T>> {
    return this._callmethod('__sub__', [other]) as Promise<Set<T>>;
  }
  /** Python's `other - set`. */
  __rsub__<U>(other: AnySet<U>): Promise<Set<U>> {
    return this._callmethod('__rsub__', [other]) as Promise<Set<U>>;
  }
  /** Python's `set ^ other`. */
  __xor__(other: AnySet<T>): Promise<Set<T>> {
    return this._callmethod('__xor__', [other]) as Promise<Set<T>>;
  }
  __rxor__(other: AnySet<T>): Promise<Set<T>> {
    return this._callmethod('__rxor__', [other]) as Promise<Set<T>>;
  }
  /** Python's `set |= other`; so do `&=`, `-=`, `^=`. */
  __ior__(other: AnySet<T>): Promise<this> {
    return this._change('__ior__', [other]);
  }
  __iand__(other: AnySet<unknown>): Promise<this> {
    return this._change('__iand__', [other]);
  }
  __isub__(other: AnySet<unknown>): Promise<this> {
    return this._change('__isub__', [other]);
  }
  __ixor__(other: AnySet<T>): Promise<this> {
    return this._change('__ixor__', [other]);
  }
  __le__(other: AnySet<unknown>): Promise<boolean> {
    return this._callmethod('__le__', [other]) as Promise<boolean>;
  }
  __lt__(other: AnySet<unknown>): Promise<boolean> {
    return this._callmethod('__lt__', [other]) as Promise<boolean>;
  }
  __ge__(other: AnySet<unknown>): Promise<boolean> {
    return this._callmethod('__ge__', [other]) as Promise<boolean>;
  }
  __gt__(other: AnySet<unknown>): Promise<boolean> {
    return this._callmethod('__gt__', [other]) as Promise<boolean>;
  }

  /** A copy of all of it. */
  override _getvalue(): Promise<Set<T>> {
    return super._getvalue() as Promise<Set<T>>;
  }

  /** The items as they are at the beginning, got in one call. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.copy();
  }
}
