import { UnpicklingError, PicklingError } from '../../errors';
import { makeView, ownMemory, sharedMemory } from '../blocks';
import { Flag, Make, Tag, type Form } from './forms';

/**
 * Forms back to values. Loaded in every worker at its start, so it asks for
 * node's modules only when a value needs them.
 */
export interface Source {
  readonly blocks: readonly Uint8Array[];
  /** Where the blocks of this form begin. */
  readonly base: number;
  /** Makes a node of the same message. */
  local(index: number): unknown;
}

/** What both sides know by uid. */
export interface Known {
  thing(uid: number): unknown;
  /** @param heap - where it comes from, if not from the sender. */
  symbol(uid: number, description: string | null, heap: string | null): symbol;
}

type List = readonly Form[];

export class Decoder {
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  value(form: Form, source: Source): unknown {
    if (typeof form !== 'object' || form === null) return form;
    const [tag, a, b, c] = form as readonly [string, Form, Form, Form?];
    switch (tag) {
      case Tag.Undefined:
        return undefined;
      case Tag.Entity:
        return this.#known.thing(a as number);
      case Tag.Local:
        return source.local(a as number);
      case Tag.PrototypeOf:
        return (this.#known.thing(a as number) as Function).prototype;
      case Tag.Number:
        return Number(a);
      case Tag.BigInt:
        return BigInt(a as string);
      case Tag.Symbol:
        return symbolNamed(a as string);
      case Tag.UniqueSymbol:
        return this.#known.symbol(a as number, b as string | null, (c ?? null) as string | null);
      default:
        return references().resolve(form);
    }
  }

  /** An object of the right kind, still empty. */
  make(form: List, source: Source): object {
    const [kind, a, b, c, d] = form as readonly [string, Form, Form, Form, Form];
    switch (kind) {
      case Make.Object:
        return {};
      case Make.Array:
      case Make.Arguments:
        return [];
      case Make.Map:
        return new Map();
      case Make.Set:
        return new Set();
      case Make.Date:
        return new Date(0);
      case Make.RegExp:
        return new RegExp(a as string, b as string);
      case Make.Error:
        return new Error();
      case Make.Boxed:
        return Object(this.value(a, source)) as object;
      case Make.Bytes:
        return form.length === 2 ? new ArrayBuffer(a as number) : ownMemory(blockOf(source, b));
      case Make.Shared:
        return sharedMemory(blockOf(source, a));
      case Make.View: {
        const memory = this.value(b, source) as ArrayBufferLike | null;
        return makeView(a as string, memory ?? new ArrayBuffer(d as number), c as number, d as number | null);
      }
      case Make.WeakMap:
        return new WeakMap();
      case Make.WeakSet:
        return new WeakSet();
      case Make.Proxy:
        return new Proxy(this.value(a, source) as object, this.value(b, source) as ProxyHandler<object>);
      case Make.Heap:
        return this.#known.thing(a as number) as object;
      case Make.Rebuilt:
        return this.#rebuild(a, b as string, c as readonly string[], source);
      case Make.Exports:
        return Object.defineProperty({}, '__esModule', { value: true });
      default:
        return this.#makeFunction(form, source);
    }
  }

  #rebuild(f: Form, text: string, blocks: readonly string[], source: Source): object {
    const rebuild = this.value(f, source) as (state: unknown) => object;
    const bytes = blocks.map((block) => Buffer.from(block, 'base64'));
    return rebuild(decodeGraph(this, JSON.parse(text), bytes));
  }

  #makeFunction(form: List, source: Source): object {
    const [kind, ...parts] = form;
    const [first, ...rest] = kind === Make.Require ? [] : parts.map((part) => this.value(part, source));
    switch (kind) {
      case Make.Bound:
        return (Function.prototype.bind as Function).apply(first, rest) as object;
      case Make.Promisified:
        return (require('node:util') as typeof import('node:util')).promisify(first as () => void);
      case Make.Require:
        return references().requireOf(parts[0] as string | null);
      default:
        throw new UnpicklingError(`unknown kind of object '${String(kind)}'`);
    }
  }

  /** Gives an object its content: its own at first, a newer one later. */
  fill(object: object, form: List, source: Source): void {
    if (form[0] === '@') return fillFromBlock(object, blockOf(source, form[1] as number));
    const [body, proto, pairs, specials, extensibility] = form as readonly [
      Form,
      Form,
      List | 0,
      List | 0,
      number,
    ];
    clear(object);
    if (proto !== 0) Object.setPrototypeOf(object, this.value(proto, source) as object | null);
    this.#fillBody(object, body, source);
    if (pairs !== 0) {
      for (let i = 0; i < pairs.length; i += 2)
        define(object, pairs[i] as string, this.value(pairs[i + 1] as Form, source));
    }
    if (specials !== 0) {
      for (const special of specials) {
        const [key, ...rest] = special as List;
        Object.defineProperty(
          object,
          this.value(key as Form, source) as PropertyKey,
          this.property(rest, source),
        );
      }
    }
    if (extensibility === 3) Object.freeze(object);
    else if (extensibility === 2) Object.seal(object);
    else if (extensibility === 1) Object.preventExtensions(object);
  }

  #fillBody(object: object, body: Form, source: Source): void {
    if (Array.isArray(object)) {
      const forms = body as List;
      object.length = forms.length;
      forms.forEach((form, i) => {
        if (!isTagged(form, Tag.Gone)) object[i] = this.value(form, source);
      });
    } else if (object instanceof Map) {
      const forms = body as List;
      for (let i = 0; i < forms.length; i += 2) {
        object.set(this.value(forms[i] as Form, source), this.value(forms[i + 1] as Form, source));
      }
    } else if (object instanceof Set) for (const form of body as List) object.add(this.value(form, source));
    else if (object instanceof Date)
      Date.prototype.setTime.call(object, body === null ? NaN : (body as number));
    else if (object instanceof RegExp) object.lastIndex = body as number;
    else if (object instanceof WeakMap) {
      for (const pair of body === 0 ? [] : (body as List)) {
        const [key, value] = pair as readonly [Form, Form];
        object.set(this.value(key, source) as object, this.value(value, source));
      }
    } else if (object instanceof WeakSet) {
      for (const key of body === 0 ? [] : (body as List)) object.add(this.value(key, source) as object);
    }
  }

  /** `[flags, value]` or `[flags, getter, setter]`. */
  property(form: List, source: Source): PropertyDescriptor {
    const flags = form[0] as number;
    const shape = {
      enumerable: (flags & Flag.Enumerable) !== 0,
      configurable: (flags & Flag.Configurable) !== 0,
    };
    if (form.length === 2) {
      return {
        ...shape,
        writable: (flags & Flag.Writable) !== 0,
        value: this.value(form[1] as Form, source),
      };
    }
    const get = this.value(form[1] as Form, source) as (() => unknown) | undefined;
    const set = this.value(form[2] as Form, source) as ((value: unknown) => void) | undefined;
    return { ...shape, get, set } as PropertyDescriptor;
  }
}

export const isTagged = (form: Form, tag: string): boolean =>
  Array.isArray(form) && (form as List)[0] === tag;

/** Sets a property as an object literal would: also `__proto__`, also over an inherited setter. */
export function define(object: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Reading the property throws: what should be there could not be sent. */
export function poison(object: object, key: string, text: string): void {
  const refuse = (): never => {
    throw new PicklingError(text);
  };
  Object.defineProperty(object, key, { get: refuse, enumerable: true, configurable: true });
}

function clear(object: object): void {
  if (Array.isArray(object)) object.length = 0;
  if (object instanceof Map || object instanceof Set) object.clear();
  for (const key of Reflect.ownKeys(object)) {
    if (Object.getOwnPropertyDescriptor(object, key)?.configurable === true)
      Reflect.deleteProperty(object, key);
  }
}

function fillFromBlock(object: object, block: Uint8Array): void {
  if (object instanceof ArrayBuffer) return new Uint8Array(object).set(block);
  if (ArrayBuffer.isView(object))
    return new Uint8Array(object.buffer, object.byteOffset, object.byteLength).set(block);
  const { deserialize } = require('node:v8') as typeof import('node:v8');
  const fresh = deserialize(block) as object;
  clear(object);
  if (Array.isArray(object)) for (const item of fresh as unknown[]) object.push(item);
  else if (object instanceof Map)
    for (const [key, item] of fresh as Map<unknown, unknown>) object.set(key, item);
  else if (object instanceof Set) for (const item of fresh as Set<unknown>) object.add(item);
  else if (object instanceof Date) object.setTime((fresh as Date).getTime());
  else for (const [key, item] of Object.entries(fresh)) define(object, key, item);
}

const blockOf = ({ blocks, base }: Source, index: Form): Uint8Array =>
  blocks[base + (index as number)] as Uint8Array;

function symbolNamed(name: string): symbol {
  if (!name.startsWith('@@')) return Symbol.for(name);
  const known = Object.getOwnPropertyDescriptor(Symbol, name.slice(2))?.value as unknown;
  return typeof known === 'symbol' ? known : Symbol.for(name);
}

type Resolver = typeof import('./resolve');
let resolver: Resolver | null = null;
const references = (): Resolver => (resolver ??= require('./resolve') as Resolver);

/** A graph of nodes that one message carries: `[root, [make, content][]]`. */
export function decodeGraph(decoder: Decoder, json: unknown, blocks: readonly Uint8Array[]): unknown {
  const [root, nodes] = json as readonly [Form, readonly (readonly [List, List | 0])[]];
  const made = new Array<unknown>(nodes.length);
  const todo: number[] = [];
  const source: Source = {
    blocks,
    base: 0,
    local(index) {
      if (made[index] === undefined) {
        const [make] = nodes[index] as readonly [List, List | 0];
        made[index] = make[0] === Make.Rebuilt ? rebuild(make) : decoder.make(make, source);
        todo.push(index);
      }
      return made[index];
    },
  };
  const rebuild = ([, f, state]: List): unknown => {
    const recreate = decoder.value(f as Form, source) as (state: unknown) => unknown;
    const argument = decoder.value(state as Form, source);
    // What a rebuilt object is made from must be whole before.
    drain();
    return recreate(argument);
  };
  const drain = (): void => {
    for (let index = todo.pop(); index !== undefined; index = todo.pop()) {
      const [, content] = nodes[index] as readonly [List, List | 0];
      if (content !== 0) decoder.fill(made[index] as object, content, source);
    }
  };
  const value = decoder.value(root, source);
  drain();
  return value;
}
