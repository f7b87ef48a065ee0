import {
  argumentsOf,
  bindApply,
  bindApplyAsync,
  bindMap,
  bindMapAsync,
  checkCallable,
  checkCount,
  type Throwable,
} from './arguments';
import { getcurrent, Greenlet } from './greenlet';
import { IMap, IMapUnordered, type Mapping } from './imap';
import type * as types from './types';
import { blocking } from './waits';

type Func = (...args: unknown[]) => unknown;

/** What a group can do with functions: all of it stands on `spawn` and `start`. */
export abstract class GroupMapping {
  /** What will start more greenlets here. */
  readonly #maps = new Set<IMapUnordered<unknown>>();

  abstract spawn<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Greenlet<Awaited<R>>;
  abstract start(greenlet: Greenlet): Promise<void>;
  abstract has(greenlet: Greenlet): boolean;

  /**
   * Calls `func(...args)` in a greenlet of this group, and resolves to what it returns.
   *
   * Called from a greenlet of this group it calls the function directly: waiting for room could last for ever.
   *
   * @param kwds - given to the function as one last object, unless empty.
   * @throws what the function throws.
   * @throws GreenletExit, or what else the waiting greenlet is killed with meanwhile.
   */
  apply<A extends unknown[], R>(func: (...args: A) => R, args?: Readonly<A> | null): Promise<Awaited<R>>;
  apply<A extends unknown[], R>(
    func: (...args: A) => R,
    args: Readonly<A> | null | undefined,
    kwds: types.NoKwds,
  ): Promise<Awaited<R>>;
  apply<A extends unknown[], R>(
    func: (...args: A) => R,
    options: types.ApplyKeywords<A>,
  ): Promise<Awaited<R>>;
  apply<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    options: types.ApplyKeywords<A, K> & { readonly kwds: K },
  ): Promise<Awaited<R>>;
  apply<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    args: Readonly<A> | null | undefined,
    kwds: K,
  ): Promise<Awaited<R>>;
  apply(...args: unknown[]): Promise<unknown> {
    return blocking(bindApply, args, async (given) => {
      const list = argumentsOf(given);
      if (this.has(getcurrent())) return await given.func(...list);
      return await this.spawn(given.func, ...list).get();
    });
  }

  /**
   * As `spawn`, with the arguments in a list.
   *
   * @param kwds - given to the function as one last object, unless empty.
   * @param callback - called with the result, when there is one.
   * @throws TypeError for what cannot be called.
   */
  apply_async<A extends unknown[], R>(
    func: (...args: A) => R,
    args?: Readonly<A> | null,
    kwds?: types.NoKwds,
    callback?: types.Callback<Awaited<R>> | null,
  ): Greenlet<Awaited<R>>;
  apply_async<A extends unknown[], R>(
    func: (...args: A) => R,
    args: Readonly<A> | null | undefined,
    options: Omit<types.ApplyAsyncKeywords<A, Awaited<R>>, 'args'>,
  ): Greenlet<Awaited<R>>;
  apply_async<A extends unknown[], R>(
    func: (...args: A) => R,
    options: types.ApplyAsyncKeywords<A, Awaited<R>>,
  ): Greenlet<Awaited<R>>;
  apply_async<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    options: types.ApplyAsyncKeywords<A, Awaited<R>, K> & { readonly kwds: K },
  ): Greenlet<Awaited<R>>;
  apply_async<A extends unknown[], K extends object, R>(
    func: (...args: [...A, K]) => R,
    args: Readonly<A> | null | undefined,
    kwds: K,
    callback?: types.Callback<Awaited<R>> | null,
  ): Greenlet<Awaited<R>>;
  apply_async(...args: unknown[]): Greenlet {
    const { callback, ...given } = bindApplyAsync(args);
    return linked(this.spawn(given.func, ...argumentsOf(given)), callback);
  }

  /**
   * Calls the function for each item, and resolves to the list of results, in order.
   *
   * Rejects at the first item that fails, in the order of the input; the others run on, as in gevent.
   *
   * @throws what the function or the input throws.
   * @throws GreenletExit when the group is killed, or whatever the waiting greenlet is killed with meanwhile.
   * @example
   * await new Pool(2).map(async (x: number) => x * x, [1, 2, 3]); // [1, 4, 9]
   */
  map<T, R>(func: (item: T) => R, iterable: types.AnyIterable<T>): Promise<Awaited<R>[]>;
  map(...args: unknown[]): Promise<unknown[]> {
    return blocking(bindMap, args, async ({ func, iterable }) => {
      const results = this.#imap(IMap, 'map', func, [iterable]);
      const list: unknown[] = [];
      for (let next = await results.next(); next.done !== true; next = await results.next()) {
        list.push(next.value);
      }
      return list;
    });
  }

  /**
   * As `map`, in a greenlet, which is not one of this group.
   *
   * @param callback - called with the list, when there is one.
   */
  map_async<T, R>(
    func: (item: T) => R,
    iterable: types.AnyIterable<T>,
    callback?:
      types.Callback<Awaited<R>[]> | null | { readonly callback?: types.Callback<Awaited<R>[]> | null },
  ): Greenlet<Awaited<R>[]>;
  map_async(...args: unknown[]): Greenlet {
    const { func, iterable, callback } = bindMapAsync(args);
    const map = (): Promise<unknown[]> => this.map(func, iterable);
    return linked(Greenlet.spawn(map), callback);
  }

  /**
   * Calls the function for each item and gives the results one by one, in order, as they are there.
   *
   * Takes several iterables side by side, until the shortest ends, and asynchronous ones. Items are taken as there is
   * room to start them, one in advance.
   *
   * @param maxsize - by keyword: how many results may be there and not yet asked for. @default no bound
   * @throws TypeError for wrong arguments, at the call.
   * @example
   * for await (const sum of new Pool(2).imap((a: number, b: number) => a + b, [1, 2], [3, 4])) console.log(sum);
   */
  imap<T, R>(
    func: (item: T) => R,
    iterable: types.AnyIterable<T>,
    options?: types.ImapKeywords,
  ): IMap<Awaited<R>>;
  imap<A extends unknown[], R>(func: (...args: A) => R, ...iterables: types.Iterables<A>): IMap<Awaited<R>>;
  imap<A extends unknown[], R>(
    func: (...args: A) => R,
    ...args: [...types.Iterables<A>, types.ImapKeywords]
  ): IMap<Awaited<R>>;
  imap(func: unknown, ...args: unknown[]): IMap<unknown> {
    return this.#imap(IMap, 'imap', func, args);
  }

  /** As `imap`, in the order in which the results come. */
  imap_unordered<T, R>(
    func: (item: T) => R,
    iterable: types.AnyIterable<T>,
    options?: types.ImapKeywords,
  ): IMapUnordered<Awaited<R>>;
  imap_unordered<A extends unknown[], R>(
    func: (...args: A) => R,
    ...iterables: types.Iterables<A>
  ): IMapUnordered<Awaited<R>>;
  imap_unordered<A extends unknown[], R>(
    func: (...args: A) => R,
    ...args: [...types.Iterables<A>, types.ImapKeywords]
  ): IMapUnordered<Awaited<R>>;
  imap_unordered(func: unknown, ...args: unknown[]): IMapUnordered<unknown> {
    return this.#imap(IMapUnordered, 'imap_unordered', func, args);
  }

  #imap<I extends IMapUnordered<unknown>>(
    iterator: new (mapping: Mapping) => I,
    name: string,
    func: unknown,
    args: readonly unknown[],
  ): I {
    checkCallable(func, `${name}() takes a function`);
    const last = args[args.length - 1];
    const options = isKeywords(last) ? last : null;
    const map = new iterator({
      func: func as Func,
      iterables: options === null ? args : args.slice(0, -1),
      // eslint-disable-next-line @typescript-eslint/prefer-nullish-coalescing -- as in gevent, 0 is no bound
      maxsize: checkCount('maxsize', options?.maxsize) || Infinity,
      start: (greenlet) => this.start(greenlet),
    });
    this.#maps.add(map);
    map.onEnd(() => this.#maps.delete(map));
    return map;
  }

  /** Nothing that runs here is to start more. */
  protected stopMaps(exception: Throwable): void {
    for (const map of this.#maps) map.stop(exception);
  }
}

function linked(greenlet: Greenlet, callback: types.Callback<unknown> | null): Greenlet {
  if (callback !== null) {
    checkCallable(callback, 'callback must be a callable');
    greenlet.link_value(() => callback(greenlet.value));
  }
  return greenlet;
}

function isKeywords(value: unknown): value is types.ImapKeywords {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === 'maxsize';
}
