import { KeyError, RuntimeError, ValueError } from '../../errors';
import { asTuple, type Tuple } from '../../pickle/values';
import { repr, type_name } from '../../util/repr';
import { checkCount, keyError } from './errors';
import { Iterator } from './iterator';
import { withContent } from './referent_of';
import { hashOf, isDict, itemsOf, pairsIn } from './values';

type Pair = [key: unknown, value: unknown];

/** Python's `dict`: keys are equal as they are there, and stay in the order in which they came. */
export class Dict {
  /** The keys as they were first given, and their values, by the hashes of the keys. */
  readonly #pairs = new Map<unknown, Pair>();
  /** All of them and perhaps some that are gone, the last one last; made by who asks for the last one. */
  #order: (readonly [hash: unknown, pair: Pair])[] | null = null;

  __getvalue__(): Map<unknown, unknown> {
    return new Map(this.#pairs.values());
  }

  __len__(): number {
    return this.#pairs.size;
  }

  __contains__(key: unknown): boolean {
    return this.#pairs.has(hashOf(key));
  }

  /** @throws KeyError */
  __getitem__(key: unknown): unknown {
    const pair = this.#pairs.get(hashOf(key));
    if (pair === undefined) throw keyError(key);
    return pair[1];
  }

  __setitem__(...args: readonly unknown[]): void {
    checkCount('', args, 2, 2);
    this.#set(args[0], args[1]);
  }

  #set(key: unknown, value: unknown): void {
    const hash = hashOf(key);
    const pair = this.#pairs.get(hash);
    if (pair === undefined) this.#add(hash, [key, value]);
    else pair[1] = value;
  }

  #add(hash: unknown, pair: Pair): void {
    this.#pairs.set(hash, pair);
    if (this.#order === null) return;
    // Of those that are gone it does not remember many.
    if (this.#order.length > 2 * this.#pairs.size) this.#order = null;
    else this.#order.push([hash, pair]);
  }

  /** @throws KeyError */
  __delitem__(key: unknown): void {
    if (!this.#pairs.delete(hashOf(key))) throw keyError(key);
  }

  /** @throws RuntimeError (of the iterator) when keys come or go meanwhile. */
  __iter__(): Iterator {
    return new Iterator(this.#keys(this.keys()));
  }

  __reversed__(): unknown[] {
    return this.keys().reverse();
  }

  *#keys(keys: readonly unknown[]): Generator<unknown, void, undefined> {
    for (const key of keys) {
      if (this.#pairs.size !== keys.length) {
        throw new RuntimeError('dictionary changed size during iteration');
      }
      if (!this.#pairs.has(hashOf(key))) throw new RuntimeError('dictionary keys changed during iteration');
      yield key;
    }
  }

  clear(): void {
    this.#pairs.clear();
    this.#order = null;
  }

  copy(): Map<unknown, unknown> {
    return this.__getvalue__();
  }

  get(...args: readonly unknown[]): unknown {
    checkCount('get', args, 1, 2);
    const pair = this.#pairs.get(hashOf(args[0]));
    return pair === undefined ? (args[1] ?? null) : pair[1];
  }

  keys(): unknown[] {
    return Array.from(this.#pairs.values(), ([key]) => key);
  }
  values(): unknown[] {
    return Array.from(this.#pairs.values(), ([, value]) => value);
  }
  items(): Tuple[] {
    return Array.from(this.#pairs.values(), ([key, value]) => asTuple([key, value]));
  }

  /** @throws KeyError for a key that is not there, if nothing is to stand for it. */
  pop(...args: readonly unknown[]): unknown {
    checkCount('pop', args, 1, 2);
    const hash = hashOf(args[0]);
    const pair = this.#pairs.get(hash);
    if (pair === undefined) {
      if (args.length === 2) return args[1];
      throw keyError(args[0]);
    }
    this.#pairs.delete(hash);
    return pair[1];
  }

  /** The pair that came last. @throws KeyError when there is none. */
  popitem(): Tuple {
    if (this.#pairs.size === 0) throw new KeyError("'popitem(): dictionary is empty'");
    this.#order ??= [...this.#pairs];
    for (;;) {
      const [hash, pair] = this.#order.pop() as readonly [unknown, Pair];
      if (this.#pairs.get(hash) !== pair) continue;
      this.#pairs.delete(hash);
      return asTuple<unknown>(pair);
    }
  }

  setdefault(...args: readonly unknown[]): unknown {
    checkCount('setdefault', args, 1, 2);
    const [key, value = null] = args;
    if (!this.__contains__(key)) this.#set(key, value);
    return this.__getitem__(key);
  }

  /** From a dict or pairs, then from keywords. */
  update(...args: readonly unknown[]): void | Promise<void> {
    checkCount('update', args, 0, 2);
    return this.#updateAll(args);
  }

  #updateAll([first, ...others]: readonly unknown[]): void | Promise<void> {
    if (first === undefined && others.length === 0) return;
    const waiting = withContent(first, (content) => {
      this.#update(content);
    });
    return waiting === undefined ? this.#updateAll(others) : waiting.then(() => this.#updateAll(others));
  }

  #update(content: unknown): void {
    if (isDict(content)) {
      for (const [key, value] of pairsIn(content)) this.#set(key, value);
      return;
    }
    itemsOf(content).forEach((each, i) => {
      const [key, value] = pairOf(each, i);
      this.#set(key, value);
    });
  }

  __or__(other: unknown): Map<unknown, unknown> | Promise<Map<unknown, unknown>> {
    return withContent(other, (content) => merged('|', this.__getvalue__(), content, false));
  }
  __ror__(other: unknown): Map<unknown, unknown> | Promise<Map<unknown, unknown>> {
    return withContent(other, (content) => merged('|', this.__getvalue__(), content, true));
  }
  async __ior__(other: unknown): Promise<this> {
    await this.update(other);
    return this;
  }

  /** A dict of these keys; this one stays as it is. */
  fromkeys(keys: unknown, value: unknown = null): Map<unknown, unknown> | Promise<Map<unknown, unknown>> {
    return withContent(keys, (content) => {
      const made = new Dict();
      for (const key of itemsOf(content)) made.#set(key, value);
      return made.__getvalue__();
    });
  }

  __repr__(): string {
    return repr(this.__getvalue__());
  }
  toString(): string {
    return this.__repr__();
  }
}

function merged(
  operator: string,
  mine: Map<unknown, unknown>,
  other: unknown,
  isReflected: boolean,
): Map<unknown, unknown> {
  if (!isDict(other)) {
    const names = isReflected ? [type_name(other), 'dict'] : ['dict', type_name(other)];
    throw new TypeError(`unsupported operand type(s) for ${operator}: '${names.join("' and '")}'`);
  }
  const made = new Dict();
  for (const each of isReflected ? [other, mine] : [mine, other]) void made.update(each);
  return made.__getvalue__();
}

function pairOf(each: unknown, index: number): readonly unknown[] {
  let pair: unknown[];
  try {
    pair = itemsOf(each);
  } catch {
    throw new TypeError(`cannot convert dictionary update sequence element #${index} to a sequence`);
  }
  if (pair.length === 2) return pair;
  throw new ValueError(
    `dictionary update sequence element #${index} has length ${pair.length}; 2 is required`,
  );
}

/** Makes a dict: Python's `dict(mapping_or_pairs=(), **kwds)`. */
export function dict(...args: readonly unknown[]): Dict | Promise<Dict> {
  checkCount('dict', args, 0, 2);
  const made = new Dict();
  const waiting = made.update(...args);
  return waiting === undefined ? made : waiting.then(() => made);
}
