import { AssertionError, AttributeError, KeyError, ValueError } from '../../errors';
import { debug } from '../../util/log';
import { repr, type_name } from '../../util/repr';
import { isThenable } from '../../util/thenable';
import { callAs, type Caller } from '../caller';
import { FALLBACKS } from '../messages';
import type { Registry } from '../registry';
import { methodOf, parametersOf, placed, publicMethods } from './arguments';
import { reprOf, strOf } from './texts';

/** What an object may have for the server's ears only. */
interface Heeding {
  callerEnded?: (caller: Caller) => void;
  undelivered?: (method: string, result: unknown) => void;
  disposed?: () => unknown;
  __getvalue__?: () => unknown;
}

export interface Shared {
  readonly object: unknown;
  readonly exposed: ReadonlySet<string>;
  readonly types: Readonly<Record<string, string>> | null;
  /** Proxies in other processes. */
  references: number;
  /** Proxies that other shared objects hold. */
  inner: number;
}

export interface Created {
  readonly id: string;
  readonly exposed: readonly string[];
}

/** What a call comes to: a value, or an object that stays here. */
export type Outcome = { readonly value: unknown } | { readonly typeid: string; readonly created: Created };

/** The objects that a server holds, by name, and how many proxies there are of each. */
export class Objects {
  readonly #registry: Registry;
  readonly #shared = new Map<string, Shared>();
  /** One object has one name, however often it is asked for. */
  readonly #names = new WeakMap<object, string>();
  /** Of names: they are never used again. */
  #last: number;
  /** Those that a caller has called, and that want to know when it is gone. */
  readonly #called = new Map<Caller, Set<Heeding>>();

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#last = 0x7f00_0000_0000 + Math.floor(Math.random() * 0xff_ffff) * 0x100;
  }

  /** How many objects proxies in other processes refer to. */
  get count(): number {
    let count = 0;
    for (const { references } of this.#shared.values()) if (references > 0) count++;
    return count;
  }

  /** @throws KeyError for a name that is not known. */
  get(id: unknown): Shared {
    const shared = typeof id === 'string' ? this.#shared.get(id) : undefined;
    if (shared === undefined) throw new KeyError(repr(id));
    return shared;
  }

  /**
   * Makes an object; it has one reference.
   *
   * @throws KeyError for a type that is not registered; ValueError, TypeError or whatever making it throws.
   */
  async create(
    typeid: string,
    args: readonly unknown[],
    kwds: Readonly<Record<string, unknown>>,
    caller: Caller | null,
  ): Promise<Created> {
    const entry = Object.hasOwn(this.#registry, typeid) ? this.#registry[typeid] : undefined;
    if (entry === undefined) throw new KeyError(repr(typeid));
    const { callable, exposed: listed, method_to_typeid: types } = entry;
    let object: unknown;
    if (callable === null) {
      if (args.length !== 1 || Object.keys(kwds).length > 0)
        throw new ValueError('Without callable, must have one non-keyword argument');
      [object] = args;
    } else {
      const all = placed(typeid, parametersOf(callable, '__init__'), args, kwds);
      const made = callAs(caller, () => make(callable, all));
      object = isThenable(made) ? await made : made;
    }
    const exposed = [...(listed ?? publicMethods(object)), ...(types === null ? [] : Object.keys(types))];
    const id = this.#nameOf(object);
    const known = this.#shared.get(id);
    debug(`${repr(typeid)} callable returned object with id ${repr(id)}`);
    this.#shared.set(id, {
      object,
      exposed: new Set(exposed),
      types,
      references: (known?.references ?? 0) + 1,
      inner: known?.inner ?? 0,
    });
    return { id, exposed: [...new Set(exposed)] };
  }

  /** @throws KeyError for a name that is not known. */
  incref(id: unknown): void {
    this.get(id).references++;
  }

  /** @throws KeyError for a name that is not known, AssertionError for an object that nobody refers to. */
  decref(id: unknown): void {
    const shared = this.get(id);
    if (shared.references <= 0)
      throw new AssertionError(`Id ${String(id)} has refcount ${shared.references}, not 1+`);
    shared.references--;
    this.#disposeIfFree(id as string, shared);
  }

  /** A proxy of its own is in one of the objects. */
  hold(id: string): void {
    const shared = this.#shared.get(id);
    if (shared !== undefined) shared.inner++;
  }

  letGo(id: string): void {
    const shared = this.#shared.get(id);
    if (shared === undefined || shared.inner === 0) return;
    shared.inner--;
    this.#disposeIfFree(id, shared);
  }

  /**
   * Calls a method. What can be told at once is told at once: calls that follow each other begin in their order.
   *
   * @throws KeyError for an object that is not known, AttributeError for a method that is not exposed.
   */
  find(id: unknown, name: string): { readonly shared: Shared; readonly call: Call } {
    const shared = this.get(id);
    const { object, exposed } = shared;
    if (exposed.has(name)) {
      const method = methodOf(object, name);
      const names = parametersOf((object as object | null)?.constructor, name);
      return {
        shared,
        call: (caller, args, kwds) => {
          this.#noteCall(caller, object);
          return callAs(caller, () => method(...placed(name, names, args, kwds)));
        },
      };
    }
    if ((FALLBACKS as readonly string[]).includes(name)) {
      const fallback = name === '#GETVALUE' ? valueOf : name === '__str__' ? strOf : reprOf;
      return { shared, call: () => fallback(object) };
    }
    throw new AttributeError(
      `method ${repr(name)} of <class '${type_name(object)}'> object is not in exposed={${[...exposed].map(repr).join(', ')}}`,
    );
  }

  /** What a method returned, as it is to be told: some of it stays here. */
  async outcome(shared: Shared, name: string, result: unknown, caller: Caller | null): Promise<Outcome> {
    const typeid = this.typeOfResult(shared, name);
    if (typeid === null) return { value: valueOf(result) };
    return { typeid, created: await this.create(typeid, [result], {}, caller) };
  }

  /** The type that what a method returns has here; `null`: it is sent. */
  typeOfResult({ types }: Shared, name: string): string | null {
    return types !== null && Object.hasOwn(types, name) ? (types[name] ?? null) : null;
  }

  /** A caller is gone: what it holds is free again. */
  callerEnded(caller: Caller): void {
    const called = this.#called.get(caller);
    this.#called.delete(caller);
    for (const object of called ?? []) {
      try {
        object.callerEnded?.(caller);
      } catch (error) {
        debug(`callerEnded failed: ${String(error)}`);
      }
    }
  }

  /** Does an object take back what this method gives? */
  wantsReceipt(id: unknown, method: string): boolean {
    const { object } = this.#shared.get(id as string) ?? { object: null };
    const { constructor: Class } = Object(object) as { constructor?: { receipts?: unknown } };
    const receipts = Class?.receipts;
    return Array.isArray(receipts) && receipts.includes(method);
  }

  /** What a method has given has not reached who asked for it: an item of a queue is for others then. */
  undelivered(id: unknown, method: string, result: unknown): void {
    const { object } = this.#shared.get(id as string) ?? { object: null };
    try {
      (object as Heeding | null)?.undelivered?.(method, result);
    } catch (error) {
      debug(`undelivered failed: ${String(error)}`);
    }
  }

  async describe(): Promise<string> {
    const lines: string[] = [];
    for (const id of [...this.#shared.keys()].sort()) {
      const { object, references } = this.#shared.get(id) ?? { object: null, references: 0 };
      if (references === 0) continue;
      lines.push(`  ${id}:       refcount=${references}\n    ${(await strOf(object)).slice(0, 75)}`);
    }
    return lines.join('\n');
  }

  /** The server ends. */
  async disposeAll(): Promise<void> {
    const all = [...this.#shared.values()];
    this.#shared.clear();
    await Promise.all(all.map(({ object }) => dispose(object)));
  }

  #noteCall(caller: Caller | null, object: unknown): void {
    if (caller === null || caller.isEnded) return;
    if (typeof (object as Heeding | null)?.callerEnded !== 'function') return;
    const called = this.#called.get(caller);
    if (called === undefined) this.#called.set(caller, new Set([object as Heeding]));
    else called.add(object as Heeding);
  }

  #nameOf(object: unknown): string {
    const isObject = (typeof object === 'object' || typeof object === 'function') && object !== null;
    const known = isObject ? this.#names.get(object) : undefined;
    if (known !== undefined) return known;
    this.#last += 0x40;
    const name = this.#last.toString(16);
    if (isObject) this.#names.set(object, name);
    return name;
  }

  #disposeIfFree(id: string, shared: Shared): void {
    if (shared.references > 0 || shared.inner > 0) return;
    debug(`disposing of obj with id ${repr(id)}`);
    this.#shared.delete(id);
    // Somebody may hold it still: then it comes back under the same name.
    void dispose(shared.object);
  }
}

type Call = (
  caller: Caller | null,
  args: readonly unknown[],
  kwds: Readonly<Record<string, unknown>>,
) => unknown;

/** What is sent of a shared object: whatever stands for its content. */
export function valueOf(object: unknown): unknown {
  if (typeof object !== 'object' || object === null) return object;
  const { __getvalue__: own } = object as Heeding;
  return typeof own === 'function' ? own.call(object) : object;
}

async function dispose(object: unknown): Promise<void> {
  const { disposed } = Object(object) as Heeding;
  if (typeof disposed !== 'function') return;
  try {
    await disposed.call(object);
  } catch (error) {
    debug(`disposed failed: ${String(error)}`);
  }
}

function make(callable: unknown, args: readonly unknown[]): unknown {
  return isClass(callable as object)
    ? new (callable as new (...args: readonly unknown[]) => unknown)(...args)
    : (callable as (...args: readonly unknown[]) => unknown)(...args);
}

/** The prototype of a class cannot be replaced; that of a function can, and an arrow has none. */
const isClass = (callable: object): boolean =>
  Object.getOwnPropertyDescriptor(callable, 'prototype')?.writable === false;
