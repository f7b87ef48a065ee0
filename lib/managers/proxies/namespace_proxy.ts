import { BaseProxy } from '../base_proxy';
import type { ProxyOptions } from '../proxy_options';
import type { Token } from '../token';
import { Assignments } from './assignments';

/** What is the proxy's own; as in Python so is all that begins with `_`. */
const OWN = new Set<string | symbol>(['constructor', 'str', 'toString', 'then']);
const isOwn = (key: string | symbol): boolean =>
  typeof key === 'symbol' || key.startsWith('_') || OWN.has(key);

/** The attributes of a shared namespace, as they are read: to be awaited. */
export type Attributes<T extends object> = { readonly [K in keyof T]: Promise<T[K]> };

/**
 * Python's `multiprocessing.managers.Namespace`: attributes that anybody sets.
 *
 * An attribute is read by awaiting it. What is assigned is there for all that is read by the same proxy later;
 * `_flush()` says when it is there for others, and fails if it could not be set. Attributes that are called `str`,
 * `then`, `toString` or `constructor` are had by `__getattribute__` only.
 *
 * @example
 * const namespace = await manager.Namespace({ x: 1 });
 * namespace.y = 2;
 * console.log(await namespace.x, await namespace.y); // 1 2
 * await namespace.__delattr__('x');
 */
export class NamespaceProxy extends BaseProxy {
  static override readonly _exposed_: readonly string[] = ['__delattr__', '__getattribute__', '__setattr__'];

  [name: string]: unknown;

  readonly #assignments = new Assignments();

  constructor(token: Token, options?: ProxyOptions) {
    super(token, options);
    return new Proxy(this, {
      get(target, key): unknown {
        if (isOwn(key)) {
          const found: unknown = Reflect.get(target, key, target);
          return typeof found === 'function' && key !== 'constructor'
            ? (found.bind(target) as unknown)
            : found;
        }
        return target.__getattribute__(key as string);
      },
      set(target, key, value): boolean {
        if (isOwn(key)) return Reflect.set(target, key, value, target);
        target.#assignments.add(() => target._callmethod('__setattr__', [key, value]));
        return true;
      },
      deleteProperty(target, key): boolean {
        if (isOwn(key)) return Reflect.deleteProperty(target, key);
        target.#assignments.add(() => target._callmethod('__delattr__', [key]));
        return true;
      },
      has: (target, key) => isOwn(key) && Reflect.has(target, key),
    });
  }

  /** The value of an attribute. @throws AttributeError if there is none. */
  async __getattribute__(name: string): Promise<unknown> {
    await this.#assignments.made();
    return await this._callmethod('__getattribute__', [name]);
  }

  /** Sets an attribute. */
  async __setattr__(name: string, value: unknown): Promise<void> {
    await this.#assignments.made();
    await this._callmethod('__setattr__', [name, value]);
  }

  /** Python's `del namespace.name`. @throws AttributeError if there is none. */
  async __delattr__(name: string): Promise<void> {
    await this.#assignments.made();
    await this._callmethod('__delattr__', [name]);
  }

  /** Resolves when all that was assigned is there. @throws what an assignment threw. */
  _flush(): Promise<void> {
    return this.#assignments.made();
  }

  override async str(): Promise<string> {
    await this.#assignments.made();
    return await super.str();
  }
}
