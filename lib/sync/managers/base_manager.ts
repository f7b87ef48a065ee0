import { Process } from '../process';
import type { ProcessClass } from '../../managers/server_process';
import type { FacadeName } from '../../managers/facade_name';
import { ManagerCore } from '../../managers/manager_core';
import type { Token } from '../../managers/token';
import { blockFor } from '../../engine/blocking';
import { go } from '../../util/eventual';
import type { BaseProxy } from './proxies/base_proxy';
import { Server } from './server';

/**
 * Has objects in a server process, and gives out proxies of them.
 *
 * As `BaseManager` of `multiprocessing-ts/managers`, and it speaks with the same servers and clients, those of Python
 * included. Whoever has the key can have any method of the registered types executed in the server, and make it load
 * code: give it only to programs that you trust.
 *
 * @example
 * class MyManager extends BaseManager {}
 * MyManager.register('Counter', Counter);
 *
 * using manager = new MyManager().start();
 * const counter = manager.create<Proxied<Counter>>('Counter');
 * console.log(counter.increment()); // 1
 */
export class BaseManager extends ManagerCore {
  /**
   * Starts a process that serves it. Returns the manager when that is ready.
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
  ): this;
  start<A extends readonly unknown[]>(options: {
    readonly initializer?: ((...args: A) => unknown) | null;
    readonly initargs?: Readonly<A> | null;
  }): this;
  start(...args: unknown[]): this {
    return blockFor(() => go(this.starting(args)));
  }

  /**
   * Connects to a server that somebody else has started, in Python or in Node. Returns the manager.
   *
   * @throws ConnectionRefusedError, FileNotFoundError when there is none at the address.
   * @throws AuthenticationError when the key is not that of the server.
   */
  connect(): this {
    return blockFor(() => go(this.connecting()));
  }

  /**
   * A server in a thread of this process, which listens at once. What is registered travels there, as to a process.
   *
   * @throws ProcessError when the manager was started, connected or shut down before.
   * @throws ValueError for an address that other machines reach, without a key.
   * @throws PicklingError for types that cannot be sent to the thread.
   * @throws OSError when the address cannot be had.
   */
  get_server(): Server {
    return new Server(blockFor(() => go(this.servingInThread())));
  }

  /**
   * Ends the process that it has started: it is asked; after `shutdown_timeout` terminated, then killed. Returns when
   * it is gone. Calls under way, and all that come, are an error. Twice does nothing.
   *
   * @throws AttributeError for one that has started none, as in Python.
   */
  shutdown(): void {
    blockFor(() => go(this.shuttingDown()));
  }

  /**
   * Waits until the process of its server has ended, if it has one.
   *
   * @param timeout - seconds to wait at most. @default no end
   */
  join(timeout?: number | null | { readonly timeout?: number | null }): void;
  join(...args: unknown[]): void {
    blockFor(() => go(this.joining(args)));
  }

  /**
   * Makes a shared object. Returns its proxy. The methods that `register` makes do the same.
   *
   * @param typeid - as it was registered, here and in the server.
   * @param args - for what makes it.
   * @throws AssertionError before `start` and after `shutdown`.
   * @throws RemoteError when it cannot be made.
   */
  create<P extends object = BaseProxy>(typeid: string, ...args: readonly unknown[]): P {
    return this._make<P>(typeid, args);
  }

  /** As {@link BaseManager.create}, with keyword arguments. */
  override _make<P extends object>(typeid: string, args: readonly unknown[], kwds: object = {}): P {
    return blockFor(() => go(this.making(typeid, args, kwds))) as unknown as P;
  }

  /** Makes a shared object: its name, and its methods; somebody has to give the reference up. */
  _create(
    typeid: string,
    args: readonly unknown[] = [],
    kwds: object = {},
  ): readonly [Token, readonly string[]] {
    return blockFor(() => go(this.creating(typeid, args, kwds)));
  }

  /** A text about the objects of its server, for whoever looks for leaks. */
  _debug_info(): string {
    return blockFor(() => this.asking('debug_info')) as string;
  }

  /** How many objects of its server have proxies. */
  _number_of_objects(): number {
    return blockFor(() => this.asking('number_of_objects')) as number;
  }

  /** The process of its server, if it has started one. */
  override get _process(): Process | null {
    return super._process as Process | null;
  }

  /** @internal */
  protected override get _Process(): ProcessClass {
    return Process;
  }

  /** @internal */
  override get _facade(): FacadeName {
    return 'sync';
  }

  /** Shuts down the server that it has started; one that it has connected to goes on. */
  [Symbol.dispose](): void {
    if (this.hasServer) this.shutdown();
  }
}
