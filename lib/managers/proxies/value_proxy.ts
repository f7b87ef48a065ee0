import { go, type Course } from '../../util/eventual';
import { BaseProxy } from '../base_proxy';
import { Assignments } from './assignments';

/**
 * Python's `multiprocessing.managers.Value`: it holds anything, whatever its typecode.
 *
 * @example
 * const value = await manager.Value('i', 4);
 * await value.set(5);
 * console.log(await value.value); // 5
 */
export class ValueProxy<T = unknown> extends BaseProxy {
  static override readonly _exposed_: readonly string[] = ['get', 'set'];

  readonly #assignments = new Assignments();

  get(): Promise<T> {
    return this._run(() => go(this.#made('get', []))) as Promise<T>;
  }

  set(value: T): Promise<void> {
    return this._run(() => go(this.#setting(value)));
  }

  *#setting(value: T): Course<void> {
    yield* this.#made('set', [value]);
  }

  *#made(method: string, args: readonly unknown[]): Course<unknown> {
    yield* this.#assignments.made();
    return yield* this._calling(method, args);
  }

  /** The value, to be awaited. What is assigned is there for all calls that follow by this proxy; others wait for `set`. */
  // eslint-disable-next-line @typescript-eslint/related-getter-setter-pairs -- what is read has to be awaited
  get value(): Promise<T> {
    return this.get();
  }
  set value(value: T) {
    this._assign(value);
  }

  /** @internal */
  _assign(value: T): void {
    this.#assignments.add(() => this._calling('set', [value]));
  }

  override *_describing(): Course<string> {
    yield* this.#assignments.made();
    return yield* super._describing();
  }
}
