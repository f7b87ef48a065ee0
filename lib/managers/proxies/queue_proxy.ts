import { signature } from '../../util/keywords';
import { BaseProxy } from '../base_proxy';
import type { QueueKeywords } from './arguments';

const patience = (name: string) =>
  signature({
    name,
    defaults: (): { block: unknown; timeout: unknown } => ({ block: true, timeout: null }),
  });
const bindPut = patience('put');
const bindGet = patience('get');

/**
 * Python's `queue.Queue` in a server, which `JoinableQueue` is too. What a process that waits for an item would have got
 * when it died, others get.
 *
 * @example
 * const queue = await manager.Queue();
 * await queue.put('item');
 * console.log(await queue.get()); // item
 */
export class QueueProxy<T = unknown> extends BaseProxy {
  static override readonly _exposed_: readonly string[] = [
    ...['empty', 'full', 'get', 'get_nowait', 'join', 'put', 'put_nowait', 'qsize', 'task_done'],
  ];

  /**
   * Puts an item in. Resolves when it is there.
   *
   * @param block - wait until there is room; else only look. @default true
   * @param timeout - seconds to wait at most. @default for ever
   * @throws Full if there was no room.
   */
  put(item: T, keywords: QueueKeywords): Promise<void>;
  put(item: T, block?: boolean, timeout?: number | null): Promise<void>;
  put(item: T, ...given: unknown[]): Promise<void> {
    return this._run(() => {
      const { block, timeout } = bindPut(given);
      return this._telling('put', given.length === 0 ? [item] : [item, block, timeout]);
    });
  }

  /** Puts an item in, if there is room. @throws Full if not. */
  put_nowait(item: T): Promise<void> {
    return this._tell('put_nowait', [item]);
  }

  /**
   * Takes the item out that has been in longest.
   *
   * @param block - wait until there is one; else only look. @default true
   * @param timeout - seconds to wait at most. @default for ever
   * @throws Empty if there was none.
   */
  get(keywords: QueueKeywords): Promise<T>;
  get(block?: boolean, timeout?: number | null): Promise<T>;
  get(...given: unknown[]): Promise<T> {
    return this._run(() => {
      const { block, timeout } = bindGet(given);
      return this._calling('get', given.length === 0 ? [] : [block, timeout]);
    }) as Promise<T>;
  }

  /** Takes an item out, if there is one. @throws Empty if not. */
  get_nowait(): Promise<T> {
    return this._callmethod('get_nowait') as Promise<T>;
  }

  qsize(): Promise<number> {
    return this._callmethod('qsize') as Promise<number>;
  }

  empty(): Promise<boolean> {
    return this._callmethod('empty') as Promise<boolean>;
  }

  full(): Promise<boolean> {
    return this._callmethod('full') as Promise<boolean>;
  }

  /** What was taken out is done with. @throws ValueError when it was said for every item already. */
  task_done(): Promise<void> {
    return this._tell('task_done');
  }

  /** Waits until `task_done` was said for every item. */
  join(): Promise<void> {
    return this._tell('join');
  }
}
