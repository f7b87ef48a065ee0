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

  async get(): Promise<T> {
    await this.#assignments.made();
    return (await this._callmethod('get')) as T;
  }

  async set(value: T): Promise<void> {
    await this.#assignments.made();
    await this._callmethod('set', [value]);
  }

  /** The value, to be awaited. What is assigned is there for all calls that follow by this proxy; others wait for `set`. */
  // eslint-disable-next-line @typescript-eslint/related-getter-setter-pairs -- what is read has to be awaited
  get value(): Promise<T> {
    return this.get();
  }
  set value(value: T) {
    this.#assignments.add(() => this._callmethod('set', [value]));
  }

  override async str(): Promise<string> {
    await this.#assignments.made();
    return await super.str();
  }
}
