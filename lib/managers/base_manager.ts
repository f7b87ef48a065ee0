import { go } from '../util/eventual';
import type { BaseProxy } from './base_proxy';
import type { FacadeName } from './facade_name';
import { ManagerCore } from './manager_core';
import type { Server } from './server/server';
import type { Token } from './token';

/**
 * Has objects in a server process, and gives out proxies of them.
 *
 * Python's, and it speaks with Python's: either end may be a Python program. Whoever has the key can have any method
 * of the registered types executed in the server, and make it load code: give it only to programs that you trust.
 *
 * @example
 * class Counter {
 *   #count = 0;
 *   increment() { return ++this.#count; }
 * }
 * class MyManager extends BaseManager {}
 * MyManager.register('Counter', Counter);
 *
 * await using manager = await new MyManager().start();
 * const counter = await manager.create<Proxied<Counter>>('Counter');
 * console.log(await counter.increment()); // 1
 */
export class BaseManager extends ManagerCore {
  /**
   * Starts a process that serves it. Resolves to the manager when that is ready.
   *
   * The process ignores Ctrl-C, and ends with this one. It is shut down when the program comes to its end, after the
   * processes that the program then waits for (in Python before them).
   *
   * @param initializer - called in the process first.
   * @param initargs - its arguments.
   * @throws ProcessError when it was started, connected or shut down before.
   * @throws TypeError for an initializer that is no function.
   * @throws ValueError for an address that other machines reach, without a key.
   * @throws PicklingError for types that cannot be sent to the process.
   * @throws OSError when the address cannot be had; or whatever the initializer throws.
   */
  start<A extends readonly unknown[]>(
    initializer?: ((...args: A) => unknown) | null,
    initargs?: Readonly<A> | null,
  ): Promise<this>;
  start<A extends readonly unknown[]>(options: {
    readonly initializer?: ((...args: A) => unknown) | null;
    readonly initargs?: Readonly<A> | null;
  }): Promise<this>;
  start(...args: unknown[]): Promise<this> {
    return go(this.starting(args)).promise();
  }

  /**
   * Connects to a server that somebody else has started, in Python or in Node. Resolves to the manager.
   *
   * @throws ConnectionRefusedError, FileNotFoundError when there is none at the address.
   * @throws AuthenticationError when the key is not that of the server.
   */
  connect(): Promise<this> {
    return go(this.connecting()).promise();
  }

  /**
   * A server in this process, which listens at once and answers while the event loop runs.
   *
   * @throws ProcessError when the manager was started, connected or shut down before.
   * @throws ValueError for an address that other machines reach, without a key.
   * @throws OSError when the address cannot be had.
   */
  get_server(): Server {
    return this.makeServer();
  }

  /**
   * Ends the process that it has started: it is asked; after `shutdown_timeout` terminated, then killed. Resolves when
   * it is gone. Calls under way, and all that come, are an error. Twice does nothing.
   *
   * @throws AttributeError for one that has started none, as in Python.
   */
  shutdown(): Promise<void> {
    return go(this.shuttingDown()).promise();
  }

  /**
   * Waits until the process of its server has ended, if it has one.
   *
   * @param timeout - seconds to wait at most. @default no end
   */
  join(timeout?: number | null | { readonly timeout?: number | null }): Promise<void>;
  join(...args: unknown[]): Promise<void> {
    return go(this.joining(args)).promise();
  }

  /**
   * Makes a shared object. Resolves to its proxy. The methods that `register` makes do the same.
   *
   * @param typeid - as it was registered, here and in the server.
   * @param args - for what makes it.
   * @throws AssertionError before `start` and after `shutdown`.
   * @throws RemoteError when it cannot be made.
   */
  create<P extends BaseProxy = BaseProxy>(typeid: string, ...args: readonly unknown[]): Promise<P> {
    return this._make<P>(typeid, args);
  }

  /** As {@link BaseManager.create}, with keyword arguments. */
  override _make<P extends BaseProxy>(
    typeid: string,
    args: readonly unknown[],
    kwds: object = {},
  ): Promise<P> {
    return go(this.making<P>(typeid, args, kwds)).promise();
  }

  /** Makes a shared object. Resolves to its name, and its methods; somebody has to give the reference up. */
  _create(
    typeid: string,
    args: readonly unknown[] = [],
    kwds: object = {},
  ): Promise<readonly [Token, readonly string[]]> {
    return go(this.creating(typeid, args, kwds)).promise();
  }

  /** A text about the objects of its server, for whoever looks for leaks. */
  async _debug_info(): Promise<string> {
    return (await this.asking('debug_info').promise()) as string;
  }

  /** How many objects of its server have proxies. */
  async _number_of_objects(): Promise<number> {
    return (await this.asking('number_of_objects').promise()) as number;
  }

  /** @internal */
  override get _facade(): FacadeName {
    return 'async';
  }

  /** Shuts down the server that it has started; one that it has connected to goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasServer) await this.shutdown();
  }
}
