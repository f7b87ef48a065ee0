import { go, type Course } from '../../util/eventual';
import { BaseProxy } from '../base_proxy';
import type { ProxyOptions } from '../proxy_options';
import type { Token } from '../token';
import { Assignments } from './assignments';
import { FOREIGN } from './foreign';

/** What is the proxy's own; as in Python so is all that begins with `_`. */
const OWN = new Set<string | symbol>(['constructor', 'str', 'toString', ...FOREIGN]);
const isOwn = (key: string | symbol): boolean =>
  typeof key === 'symbol' || key.startsWith('_') || OWN.has(key);

/** The attributes of a shared namespace: read by awaiting them, and set as they are. */
export type Attributes<T extends object> = { [K in keyof T]: T[K] | Promise<T[K]> };

/**
 * Python's `multiprocessing.managers.Namespace`: attributes that anybody sets.
 *
 * An attribute is read by awaiting it. What is assigned is there for all that is read by the same proxy later;
 * `_flush()` says when it is there for others, and fails if it could not be set. Attributes that are called `str`,
 * `toString`, `constructor`, `then` or `toJSON` are had by `__getattribute__` and `__setattr__` only.
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
        if (OWN.has(key)) {
          throw new TypeError(
            `'${String(key)}' cannot be read as an attribute: use __setattr__ and __getattribute__`,
          );
        }
        if (isOwn(key)) return Reflect.set(target, key, value, target);
        return target._assign('__setattr__', [key, value]);
      },
      deleteProperty(target, key): boolean {
        if (isOwn(key)) return Reflect.deleteProperty(target, key);
        return target._assign('__delattr__', [key]);
      },
      has: (target, key) => isOwn(key) && Reflect.has(target, key),
    });
  }

  /** The value of an attribute. @throws AttributeError if there is none. */
  __getattribute__(name: string): Promise<unknown> {
    return this._run(() => go(this.#made('__getattribute__', [name])));
  }

  /** Sets an attribute. */
  __setattr__(name: string, value: unknown): Promise<void> {
    return this._run(() => go(this.#changed('__setattr__', [name, value])));
  }

  /** Python's `del namespace.name`. @throws AttributeError if there is none. */
  __delattr__(name: string): Promise<void> {
    return this._run(() => go(this.#changed('__delattr__', [name])));
  }

  /** What is assigned or deleted; true: it will be. @internal */
  _assign(method: string, args: readonly unknown[]): boolean {
    this.#assignments.add(() => this._calling(method, args));
    return true;
  }

  *#made(method: string, args: readonly unknown[]): Course<unknown> {
    yield* this.#assignments.made();
    return yield* this._calling(method, args);
  }

  *#changed(method: string, args: readonly unknown[]): Course<void> {
    yield* this.#made(method, args);
  }

  /** Resolves when all that was assigned is there. @throws what an assignment threw. */
  _flush(): Promise<void> {
    return this._run(() => go(this.#assignments.made()));
  }

  override *_describing(): Course<string> {
    yield* this.#assignments.made();
    return yield* super._describing();
  }
}
