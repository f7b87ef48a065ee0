import { KeyError, RuntimeError } from '../../errors';
import { FrozenSet } from '../../pickle/values';
import { repr, type_name } from '../../util/repr';
import { types } from 'node:util';
import { checkCount, checkOne, keyError } from './errors';
import { Iterator } from './iterator';
import { withContent } from './referent_of';
import { frozenHash, hashOf, itemsOf } from './values';

/** Items by their hashes. */
type Items = ReadonlyMap<unknown, unknown>;

const hashed = (items: Iterable<unknown>): Map<unknown, unknown> => {
  const map = new Map<unknown, unknown>();
  for (const item of items) if (!map.has(hashOf(item))) map.set(hashOf(item), item);
  return map;
};

/** What a set and another one make, of the items of both. */
const MADE = {
  '|': (a: Items, b: Items): Items => new Map([...b, ...a]),
  '&': (a: Items, b: Items): Items => new Map([...a].filter(([hash]) => b.has(hash))),
  '-': (a: Items, b: Items): Items => new Map([...a].filter(([hash]) => !b.has(hash))),
  '^': (a: Items, b: Items): Items => new Map([...MADE['-'](a, b), ...MADE['-'](b, a)]),
} as const;
type Operator = keyof typeof MADE;

const isWithin = (a: Items, b: Items): boolean =>
  a.size <= b.size && [...a.keys()].every((hash) => b.has(hash));
const COMPARED = {
  '<=': isWithin,
  '<': (a: Items, b: Items): boolean => a.size < b.size && isWithin(a, b),
  '>=': (a: Items, b: Items): boolean => isWithin(b, a),
  '>': (a: Items, b: Items): boolean => b.size < a.size && isWithin(b, a),
} as const;
type Comparison = keyof typeof COMPARED;

/** Python's `set`: items are equal as they are there. They are in the order in which they came, in Python in none. */
export class PythonSet {
  #items: Map<unknown, unknown>;

  constructor(items: Iterable<unknown> = []) {
    this.#items = hashed(items);
  }

  __getvalue__(): Set<unknown> {
    return new Set(this.#items.values());
  }

  __len__(): number {
    return this.#items.size;
  }

  __contains__(item: unknown): boolean {
    return this.#items.has(hashOfSought(item));
  }

  /** @throws RuntimeError (of the iterator) when items come or go meanwhile. */
  __iter__(): Iterator {
    const { size } = this.#items;
    const changed = (): boolean => this.#items.size !== size;
    return new Iterator(watched([...this.#items.values()], changed));
  }

  add(...args: readonly unknown[]): void {
    checkOne('set.add', args);
    const hash = hashOf(args[0]);
    if (!this.#items.has(hash)) this.#items.set(hash, args[0]);
  }

  clear(): void {
    this.#items.clear();
  }

  copy(): Set<unknown> {
    return this.__getvalue__();
  }

  discard(...args: readonly unknown[]): void {
    checkOne('set.discard', args);
    this.#items.delete(hashOfSought(args[0]));
  }

  /** @throws KeyError */
  remove(...args: readonly unknown[]): void {
    checkOne('set.remove', args);
    if (!this.#items.delete(hashOfSought(args[0]))) throw keyError(args[0]);
  }

  /** One of them; here the first. @throws KeyError when there is none. */
  pop(): unknown {
    const [first] = this.#items;
    if (first === undefined) throw new KeyError("'pop from an empty set'");
    this.#items.delete(first[0]);
    return first[1];
  }

  // ------------------------------------------------------------- methods: of anything that can be iterated

  union(...others: readonly unknown[]): Set<unknown> | Promise<Set<unknown>> {
    return this.#made('|', others, valueOfItems);
  }
  intersection(...others: readonly unknown[]): Set<unknown> | Promise<Set<unknown>> {
    return this.#made('&', others, valueOfItems);
  }
  difference(...others: readonly unknown[]): Set<unknown> | Promise<Set<unknown>> {
    return this.#made('-', others, valueOfItems);
  }
  symmetric_difference(...others: readonly unknown[]): Set<unknown> | Promise<Set<unknown>> {
    checkOne('set.symmetric_difference', others);
    return this.#made('^', others, valueOfItems);
  }
  update(...others: readonly unknown[]): void | Promise<void> {
    return this.#made('|', others, this.#become);
  }
  intersection_update(...others: readonly unknown[]): void | Promise<void> {
    return this.#made('&', others, this.#become);
  }
  difference_update(...others: readonly unknown[]): void | Promise<void> {
    return this.#made('-', others, this.#become);
  }
  symmetric_difference_update(...others: readonly unknown[]): void | Promise<void> {
    checkOne('set.symmetric_difference_update', others);
    return this.#made('^', others, this.#become);
  }

  isdisjoint(...args: readonly unknown[]): boolean | Promise<boolean> {
    checkOne('set.isdisjoint', args);
    return withContent(args[0], (content) => MADE['&'](this.#items, hashed(itemsOf(content))).size === 0);
  }
  issubset(...args: readonly unknown[]): boolean | Promise<boolean> {
    checkOne('set.issubset', args);
    return withContent(args[0], (content) => isWithin(this.#items, hashed(itemsOf(content))));
  }
  issuperset(...args: readonly unknown[]): boolean | Promise<boolean> {
    checkOne('set.issuperset', args);
    return withContent(args[0], (content) => isWithin(hashed(itemsOf(content)), this.#items));
  }

  #made<R>(operator: Operator, others: readonly unknown[], use: (items: Items) => R): R | Promise<R> {
    const contents: unknown[] = others.map((each) =>
      withContent(each, (content) => hashed(itemsOf(content))),
    );
    const make = (all: readonly Items[]): R => {
      let made: Items = this.#items;
      for (const each of all) made = MADE[operator](made, each);
      return use(made);
    };
    return contents.some((each) => each instanceof Promise)
      ? Promise.all(contents as Promise<Items>[]).then(make)
      : make(contents as Items[]);
  }

  readonly #become = (items: Items): void => {
    this.#items = new Map(items);
  };

  // ------------------------------------------------------------- operators: of sets only

  __or__(other: unknown): Set<unknown> | Promise<Set<unknown>> {
    return this.#operate('|', other, false, valueOfItems);
  }
  __ror__(other: unknown): Set<unknown> | Promise<Set<unknown>> {
    return this.#operate('|', other, true, valueOfItems);
  }
  __and__(other: unknown): Set<unknown> | Promise<Set<unknown>> {
    return this.#operate('&', other, false, valueOfItems);
  }
  __rand__(other: unknown): Set<unknown> | Promise<Set<unknown>> {
    return this.#operate('&', other, true, valueOfItems);
  }
  __sub__(other: unknown): Set<unknown> | Promise<Set<unknown>> {
    return this.#operate('-', other, false, valueOfItems);
  }
  __rsub__(other: unknown): Set<unknown> | Promise<Set<unknown>> {
    return this.#operate('-', other, true, valueOfItems);
  }
  __xor__(other: unknown): Set<unknown> | Promise<Set<unknown>> {
    return this.#operate('^', other, false, valueOfItems);
  }
  __rxor__(other: unknown): Set<unknown> | Promise<Set<unknown>> {
    return this.#operate('^', other, true, valueOfItems);
  }
  async __ior__(other: unknown): Promise<this> {
    await this.#operate('|', other, false, this.#become, '=');
    return this;
  }
  async __iand__(other: unknown): Promise<this> {
    await this.#operate('&', other, false, this.#become, '=');
    return this;
  }
  async __isub__(other: unknown): Promise<this> {
    await this.#operate('-', other, false, this.#become, '=');
    return this;
  }
  async __ixor__(other: unknown): Promise<this> {
    await this.#operate('^', other, false, this.#become, '=');
    return this;
  }

  #operate<R>(
    operator: Operator,
    other: unknown,
    isReflected: boolean,
    use: (items: Items) => R,
    assigned = '',
  ): R | Promise<R> {
    return withContent(other, (content) => {
      if (!types.isSet(content)) {
        const names = isReflected ? [type_name(content), 'set'] : ['set', type_name(content)];
        throw new TypeError(
          `unsupported operand type(s) for ${operator}${assigned}: '${names.join("' and '")}'`,
        );
      }
      const theirs = hashed(content);
      return use(isReflected ? MADE[operator](theirs, this.#items) : MADE[operator](this.#items, theirs));
    });
  }

  __le__(other: unknown): boolean | Promise<boolean> {
    return this.#compare('<=', other);
  }
  __lt__(other: unknown): boolean | Promise<boolean> {
    return this.#compare('<', other);
  }
  __ge__(other: unknown): boolean | Promise<boolean> {
    return this.#compare('>=', other);
  }
  __gt__(other: unknown): boolean | Promise<boolean> {
    return this.#compare('>', other);
  }

  #compare(operator: Comparison, other: unknown): boolean | Promise<boolean> {
    return withContent(other, (content) => {
      if (types.isSet(content)) return COMPARED[operator](this.#items, hashed(content));
      throw new TypeError(
        `'${operator}' not supported between instances of 'set' and '${type_name(content)}'`,
      );
    });
  }

  __repr__(): string {
    return repr(this.__getvalue__());
  }
  toString(): string {
    return this.__repr__();
  }
}

const valueOfItems = (items: Items): Set<unknown> => new Set(items.values());

/** A set among sets is looked for as the frozenset of its items. */
const hashOfSought = (item: unknown): unknown =>
  types.isSet(item) && !(item instanceof FrozenSet) ? frozenHash(item) : hashOf(item);

function* watched(items: readonly unknown[], changed: () => boolean): Generator<unknown, void, undefined> {
  for (const item of items) {
    if (changed()) throw new RuntimeError('Set changed size during iteration');
    yield item;
  }
}

/** Makes a set: Python's `set(iterable=())`. */
export function set(...args: readonly unknown[]): PythonSet | Promise<PythonSet> {
  checkCount('set', args, 0, 1);
  if (args.length === 0) return new PythonSet();
  return withContent(args[0], (content) => new PythonSet(itemsOf(content)));
}
