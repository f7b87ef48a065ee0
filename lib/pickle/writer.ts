import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { RecursionError } from '../util/exceptions';
import { kindOf } from '../util/kind_of';
import { reduceArray } from './array_globals';
import { reduceDate } from './date_globals';
import type { Exceptions } from './exceptions';
import { hashableToPython, isDouble, MOST_DEPTH } from './keys';
import { Scalars } from './scalars';
import { Seen } from './seen';
import type { Reduce, Reduced, RemoteTracebackClass } from './types';
import { ByteArray, Float, FrozenSet, Global, Tuple } from './values';

/**
 * What is written: protocol 4, which every Python since 3.8 sends itself, without its frames. They let a reader of a
 * file fetch more at once; in a message all is there, and they would be nine bytes for nothing.
 */
const PROTOCOL = 4;

const MARK = 0x28;
const STOP = 0x2e;
const POP = 0x30;
const POP_MARK = 0x31;
const NONE = 0x4e;
const NEWTRUE = 0x88;
const NEWFALSE = 0x89;
const EMPTY_LIST = 0x5d;
const APPEND = 0x61;
const APPENDS = 0x65;
const EMPTY_TUPLE = 0x29;
const TUPLE1 = 0x85;
const TUPLE = 0x74;
const EMPTY_DICT = 0x7d;
const SETITEM = 0x73;
const SETITEMS = 0x75;
const EMPTY_SET = 0x8f;
const ADDITEMS = 0x90;
const FROZENSET = 0x91;
const MEMOIZE = 0x94;
const STACK_GLOBAL = 0x93;
const REDUCE = 0x52;
const NEWOBJ = 0x81;
const BUILD = 0x62;

/** Something that is not written, for the message to say where it lies. */
export class Refusal extends Error {
  readonly culprit: unknown;

  constructor(message: string, culprit: unknown) {
    super(message);
    this.culprit = culprit;
  }
}

export class Writer {
  readonly #exceptions: Exceptions;
  readonly #reduce: Reduce | null;
  readonly #RemoteTraceback: RemoteTracebackClass | null;
  readonly #out = new Scalars();
  readonly #seen = new Seen();
  #depth = 0;
  isBusy = false;

  constructor(exceptions: Exceptions, reduce: Reduce | null, traceback: RemoteTracebackClass | null) {
    this.#exceptions = exceptions;
    this.#reduce = reduce;
    this.#RemoteTraceback = traceback;
  }

  /** @throws Refusal, RecursionError, and whatever a getter or the hook throws. */
  write(value: unknown): Uint8Array {
    this.isBusy = true;
    const out = this.#out;
    try {
      out.reserve(2);
      out.bytes[out.at++] = 0x80;
      out.bytes[out.at++] = PROTOCOL;
      this.#value(value);
      this.#out.op(STOP);
      return out.take();
    } catch (error) {
      out.drop();
      throw error;
    } finally {
      this.#seen.clear();
      this.#depth = 0;
      this.isBusy = false;
    }
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.#out.text(value);
      case 'number':
        return this.#out.number(value);
      case 'object':
        return value === null ? this.#out.op(NONE) : this.#object(value);
      case 'boolean':
        return this.#out.op(value ? NEWTRUE : NEWFALSE);
      case 'undefined':
        return this.#out.op(NONE);
      case 'bigint':
        return this.#out.bigint(value);
      default:
        return this.#foreign(value as object);
    }
  }

  #object(value: object): void {
    const place = this.#seen.find(value);
    if (place >= 0) return this.#out.get(place);
    if (++this.#depth > MOST_DEPTH) {
      throw new RecursionError('maximum recursion depth exceeded while pickling an object');
    }
    switch (Object.getPrototypeOf(value)) {
      case Object.prototype:
        this.#record(value);
        break;
      case Array.prototype:
        this.#list(value as unknown[]);
        break;
      case Tuple.prototype:
        this.#tuple(value as Tuple);
        break;
      case Map.prototype:
        this.#dict(value as Map<unknown, unknown>);
        break;
      case Buffer.prototype:
      case Uint8Array.prototype:
        this.#bytes(value as Uint8Array);
        break;
      case Set.prototype:
        this.#set(value as Set<unknown>);
        break;
      case Float.prototype:
        this.#out.float((value as Float).value);
        break;
      default:
        this.#foreign(value);
    }
    this.#depth--;
  }

  #memoize(value: unknown): void {
    this.#seen.add(value);
    this.#out.op(MEMOIZE);
  }

  #list(list: readonly unknown[]): void {
    this.#out.op(EMPTY_LIST);
    this.#memoize(list);
    if (list.length === 0) return;
    const isOne = list.length === 1;
    if (!isOne) this.#out.op(MARK);
    for (let i = 0; i < list.length; i++) this.#value(list[i]);
    this.#out.op(isOne ? APPEND : APPENDS);
  }

  #tuple(items: readonly unknown[]): void {
    const { length } = items;
    if (length === 0) return this.#out.op(EMPTY_TUPLE);
    this.#items(items);
    const place = this.#seen.find(items);
    if (place < 0) {
      this.#out.op(length <= 3 ? TUPLE1 - 1 + length : TUPLE);
      return this.#memoize(items);
    }
    // It lies in itself, and has been made on the way.
    if (length > 3) this.#out.op(POP_MARK);
    else for (let i = 0; i < length; i++) this.#out.op(POP);
    this.#out.get(place);
  }

  /** What a tuple is made of. */
  #items(items: readonly unknown[]): void {
    if (items.length > 3) this.#out.op(MARK);
    for (let i = 0; i < items.length; i++) this.#value(items[i]);
  }

  #record(record: object): void {
    this.#out.op(EMPTY_DICT);
    this.#memoize(record);
    const keys = Object.keys(record);
    if (keys.length === 0) return;
    const isOne = keys.length === 1;
    if (!isOne) this.#out.op(MARK);
    for (const key of keys) {
      this.#out.text(key);
      this.#value((record as Record<string, unknown>)[key]);
    }
    this.#out.op(isOne ? SETITEM : SETITEMS);
  }

  #dict(dict: ReadonlyMap<unknown, unknown>): void {
    this.#out.op(EMPTY_DICT);
    this.#memoize(dict);
    if (dict.size === 0) return;
    this.#out.op(MARK);
    for (const [key, value] of dict) {
      if (typeof key !== 'string') this.#check(dict, key);
      this.#value(key);
      this.#value(value);
    }
    this.#out.op(SETITEMS);
  }

  #set(set: ReadonlySet<unknown>): void {
    this.#out.op(EMPTY_SET);
    this.#memoize(set);
    if (set.size === 0) return;
    this.#out.op(MARK);
    this.#members(set);
    this.#out.op(ADDITEMS);
  }

  #frozenset(set: ReadonlySet<unknown>): void {
    this.#out.op(MARK);
    this.#members(set);
    const place = this.#seen.find(set);
    if (place < 0) {
      this.#out.op(FROZENSET);
      this.#memoize(set);
    } else {
      this.#out.op(POP_MARK);
      this.#out.get(place);
    }
  }

  #members(set: ReadonlySet<unknown>): void {
    for (const each of set) {
      if (typeof each !== 'string') this.#check(set, each);
      this.#value(each);
    }
  }

  #check(of: { has(key: unknown): boolean }, key: unknown): void {
    hashableToPython(key);
    if (isDouble(of, key)) throw new Refusal('two keys are different ones here, and the same in Python', of);
  }

  #bytes(value: Uint8Array): void {
    this.#out.byteString(value);
    this.#memoize(value);
  }

  /** Of a class that is looked up, not known by heart. */
  #foreign(value: object): void {
    const reduced = this.#reduce?.(value) ?? null;
    if (reduced instanceof Global) return this.#global(reduced.module, reduced.name);
    if (reduced !== null) return this.#reduced(value, reduced);
    if (typeof value !== 'object') throw this.#refusal(value);
    if (value instanceof Global) return this.#global(value.module, value.name);
    if (value instanceof FrozenSet) return this.#frozenset(value);
    if (value instanceof Error || types.isNativeError(value)) return this.#error(value);
    if (value instanceof ByteArray) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return this.#reduced(value, { global: 'builtins bytearray', args: [bytes] });
    }
    if (types.isUint8Array(value)) return this.#bytes(value);
    const made = reduceDate(value) ?? reduceArray(value);
    if (made !== null) return this.#reduced(value, made);
    this.#ofAnotherRealm(value);
  }

  /** Subclasses would lose their class; what only comes from another context does not. */
  #ofAnotherRealm(value: object): void {
    const prototype = Object.getPrototypeOf(value) as object | null;
    const isTop = prototype === null || Object.getPrototypeOf(prototype) === null;
    if (isTop && (prototype === null || kindOf(value) === 'Object')) return this.#record(value);
    const kind = kindOf(value);
    if (Array.isArray(value) && kind === 'Array') return this.#list(value);
    if (types.isMap(value) && kind === 'Map') return this.#dict(value);
    if (types.isSet(value) && kind === 'Set') return this.#set(value);
    if (types.isDate(value) && kind === 'Date') {
      return this.#reduced(value, reduceDate(new Date(value.getTime())) as Reduced);
    }
    throw this.#refusal(value);
  }

  #refusal(value: unknown): Refusal {
    const what =
      typeof value === 'function' ? `function ${value.name || '<anonymous>'}` : `'${kindOf(value)}'`;
    return new Refusal(`cannot pickle ${what}${typeof value === 'object' ? ' object' : ''}`, value);
  }

  /** An error that came from a worker brings the traceback it has there, as one of Python's pools does. */
  #error(error: Error): void {
    const Traceback = this.#RemoteTraceback;
    const cause = Traceback === null ? undefined : error.cause;
    if (Traceback === null || !(cause instanceof Traceback)) {
      return this.#reduced(error, this.#exceptions.reduce(error));
    }
    this.#global('multiprocessing.pool', 'rebuild_exc');
    this.#reduced(error, this.#exceptions.reduce(error));
    this.#out.text(cause.tb);
    this.#out.op(TUPLE1 + 1);
    this.#out.op(REDUCE);
  }

  #reduced(value: object, { global, args, state, is_new }: Reduced): void {
    if (typeof global === 'string') {
      const space = global.indexOf(' ');
      this.#global(global.slice(0, space), global.slice(space + 1));
    } else this.#global(global.module, global.name);
    this.#items(args);
    this.#out.op(args.length === 0 ? EMPTY_TUPLE : args.length <= 3 ? TUPLE1 - 1 + args.length : TUPLE);
    this.#out.op(is_new === true ? NEWOBJ : REDUCE);
    this.#memoize(value);
    if (state === undefined) return;
    this.#value(state);
    this.#out.op(BUILD);
  }

  #global(module: string, name: string): void {
    const key = `${module} ${name}`;
    const place = this.#seen.find(key);
    if (place >= 0) return this.#out.get(place);
    this.#out.text(module);
    this.#out.text(name);
    this.#out.op(STACK_GLOBAL);
    this.#memoize(key);
  }
}
