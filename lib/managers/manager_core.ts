import { inspect } from 'node:util';
import { checkSeconds } from '../util/timeout';
import { authenticationString, keyOf } from '../process/authentication_string';
import type { Eventual } from '../util/eventual';
import { type Course } from '../util/eventual';
import type { FacadeName } from './facade_name';
import { AssertionError, AttributeError, BrokenPipeError, ValueError } from '../errors';
import { REDUCE } from '../reduction/registry';
import { addressOf } from '../util/address';
import { authkeyOf } from '../util/authkey';
import { getCurrentProcess } from '../util/current';
import { signature } from '../util/keywords';
import { debug } from '../util/log';
import { repr } from '../util/repr';
import { checkExposure, type Address } from './address';
import { proxyFor, type BaseProxy } from './base_proxy';
import { homeAt } from './client/homes';
import type { RemoteHome } from './client/remote_home';
import type { ManagerLike } from './proxy_options';
import { nameProxyType } from './proxy_types';
import {
  registrationOf,
  type Entry,
  type Maker,
  type ProxyType,
  type RegisterKeywords,
  type Registry,
} from './registry';
import { Segments } from './server/segments';
import { Server } from './server/server';
import { ended, ServerProcess, ServerThread, type ProcessClass } from './server_process';
import { checkInitial, type State } from './state';
import { Token } from './token';
import { forgetEnded } from './tracked_memory';

/** What a manager can be given by keyword. */
export interface ManagerOptions {
  /** Where its server is or is to be: `[host, port]`, or a path. @default a path of its own */
  readonly address?: Address | null;
  /** The key that all who use it have. @default the one of `current_process()` */
  readonly authkey?: Uint8Array | null;
  /** Only `'pickle'` is there. */
  readonly serializer?: 'pickle';
  /** The context whose processes it starts: of `get_context('thread')` a thread. @default the one in use */
  readonly ctx?: { readonly Process: ProcessClass } | null;
  /** Seconds to wait for the server to end, before it is terminated, and before it is killed. @default 1 */
  readonly shutdown_timeout?: number;
}

interface Given {
  address: Address | null;
  authkey: unknown;
  serializer: unknown;
  ctx: { readonly Process: ProcessClass } | null;
  shutdown_timeout: number;
}

const bindManager = signature({
  name: 'BaseManager',
  defaults: (): Given => ({
    address: null,
    authkey: null,
    serializer: 'pickle',
    ctx: null,
    shutdown_timeout: 1,
  }),
  keywordOnly: ['shutdown_timeout'],
});
const bindStart = signature({
  name: 'start',
  defaults: (): { initializer: unknown; initargs: Iterable<unknown> } => ({
    initializer: null,
    initargs: [],
  }),
});
const bindJoin = signature({ name: 'join', defaults: (): { timeout: number | null } => ({ timeout: null }) });

const refuseToTravel = (): never => {
  throw new TypeError('a manager cannot be sent: send proxies, or have one connected to its address');
};

/** Registries, by class. One that registers nothing has that of the class that it extends. */
const registries = new WeakMap<object, Record<string, Entry>>();

function registryOf(Class: object): Record<string, Entry> {
  const own = registries.get(Class);
  if (own !== undefined) return own;
  const parent = Object.getPrototypeOf(Class) as object | null;
  return typeof parent === 'function' && parent !== Function.prototype ? registryOf(parent) : {};
}

/** A manager that is forgotten, with all its proxies, ends its server. */
const forgotten = new FinalizationRegistry<ServerProcess>((server) => {
  server.shutdown();
});

/** A manager without its waiting: see the classes of both facades. */
export abstract class ManagerCore implements ManagerLike {
  static readonly [REDUCE] = { reduce: refuseToTravel, rebuild: refuseToTravel };

  /** Does memory with names end with its server? @internal */
  protected readonly _tracksMemory: boolean = false;

  readonly #authkey: string;
  readonly #hasKey: boolean;
  readonly #ctx: ManagerOptions['ctx'];
  readonly #timeout: number;
  #address: Address | null;
  #state: State = 'initial';
  #server: ServerProcess | null = null;

  /**
   * Starts nothing, and connects to nothing yet.
   *
   * @param address - `[host, port]`, port 0 for a free one; or the path of a socket. @default a path of its own
   * @param authkey - bytes. @default the key of `current_process()`
   * @param serializer - only `'pickle'`.
   * @param ctx - the context whose processes it starts.
   * @param options - `shutdown_timeout`: seconds, see {@link BaseManager.shutdown}. @default 1
   * @throws TypeError for a key that is no bytes.
   */
  constructor(options?: ManagerOptions);
  constructor(
    address: Address | null,
    authkey?: Uint8Array | null,
    serializer?: 'pickle' | null,
    ctx?: { readonly Process: ProcessClass } | null,
    options?: Pick<ManagerOptions, 'shutdown_timeout'>,
  );
  constructor(address: Address | null, options?: Omit<ManagerOptions, 'address'>);
  constructor(
    address: Address | null,
    authkey: Uint8Array | null,
    options?: Omit<ManagerOptions, 'address' | 'authkey'>,
  );
  constructor(...args: unknown[]) {
    const { address, authkey, serializer, ctx, shutdown_timeout } = bindManager(args);
    if (typeof authkey === 'string') throw new TypeError('string argument without an encoding');
    if (serializer !== 'pickle') throw new TypeError(`serializer must be 'pickle', not ${repr(serializer)}`);
    this.#address = address;
    this.#hasKey = authkey !== null;
    this.#authkey = authkey === null ? authkeyOf(getCurrentProcess()) : keyOf(authkey);
    this.#ctx = ctx;
    this.#timeout = checkSeconds(shutdown_timeout) ?? Infinity;
  }

  /**
   * Makes a type known to managers of this class, and of those that extend it.
   *
   * @param typeid - its name. Managers get a method of that name, which resolves to a proxy.
   * @param callable - what makes the object, in the server: a class or a function; it may be async. Left out for
   *   managers that only connect.
   * @param proxytype - the class of its proxies. @default one with the methods that are exposed
   * @param exposed - the methods that may be called. @default those of `proxytype`, else all public ones
   * @param method_to_typeid - methods whose results stay in the server, and their types there.
   * @param create_method - is there to be a method of that name? @default true
   * @throws AssertionError for a `method_to_typeid` that has more than strings.
   */
  static register(typeid: string, options?: RegisterKeywords): void;
  static register(typeid: string, callable: Maker | null, options?: Omit<RegisterKeywords, 'callable'>): void;
  static register(
    typeid: string,
    callable: Maker | null,
    proxytype: ProxyType | null,
    options?: Omit<RegisterKeywords, 'callable' | 'proxytype'>,
  ): void;
  static register(
    typeid: string,
    callable: Maker | null,
    proxytype: ProxyType | null,
    exposed: Iterable<string> | null,
    options?: Pick<RegisterKeywords, 'method_to_typeid' | 'create_method'>,
  ): void;
  static register(
    typeid: string,
    callable?: Maker | null,
    proxytype?: ProxyType | null,
    exposed?: Iterable<string> | null,
    method_to_typeid?: RegisterKeywords['method_to_typeid'],
    create_method?: boolean,
  ): void;
  static register(...args: unknown[]): void {
    const { typeid, entry, createMethod } = registrationOf(args);
    if (!registries.has(this)) registries.set(this, { ...registryOf(this) });
    registryOf(this)[typeid] = entry;
    nameProxyType(typeid, entry.proxytype);
    if (!createMethod) return;
    Object.defineProperty(this.prototype, typeid, {
      value: function (this: ManagerCore, ...given: unknown[]): unknown {
        return this._make(typeid, given);
      },
      writable: true,
      configurable: true,
    });
  }

  /** The types that it knows. @internal */
  get registry(): Registry {
    return registryOf(this.constructor);
  }

  /** Where its server is: a path, or `[host, port]`. `null` before it is known. */
  get address(): Address | null {
    return this.#address;
  }

  /** The key, which cannot be sent. */
  get _authkey(): Buffer {
    return authenticationString(this.#authkey);
  }

  /** The process of its server, if it has started one: of whichever facade it was told. */
  get _process(): ServerProcess['process'] | null {
    return this.#server?.process ?? null;
  }

  /** @param args - those of `start`. */
  protected *starting(args: readonly unknown[]): Course<this> {
    checkInitial(this.#state);
    const { initializer, initargs } = bindStart(args);
    if (initializer !== null && typeof initializer !== 'function')
      throw new TypeError('initializer must be a callable');
    checkExposure(this.#address, this.#hasKey);
    this.#state = 'started';
    try {
      const called = initializer as ((...args: readonly unknown[]) => unknown) | null;
      const server = yield* this.#startServer(this.#ctx?.Process ?? this._Process, called, [...initargs]);
      this.#server = server;
      this.#address = server.address;
      forgotten.register(this, server, this);
    } catch (error) {
      this.#state = 'initial';
      throw error;
    }
    return this;
  }

  /** Starts a thread that serves it, whatever the processes of this manager. */
  protected *servingInThread(): Course<ServerProcess> {
    checkInitial(this.#state, this._tracksMemory);
    checkExposure(this.#address, this.#hasKey);
    return yield* this.#startServer(ServerThread, null, []);
  }

  #startServer(
    Class: ProcessClass,
    initializer: ((...args: readonly unknown[]) => unknown) | null,
    initargs: readonly unknown[],
  ): Course<ServerProcess> {
    const work = {
      registry: { ...this.registry },
      address: this.#address,
      authkey: this.#authkey,
      tracksMemory: this._tracksMemory,
      initializer,
      initargs,
    };
    return ServerProcess.start(Class, this.constructor.name, work, this.#timeout);
  }

  protected *connecting(): Course<this> {
    if (this.#address === null) throw new TypeError('a manager connects to an address: it has none');
    yield* homeAt(this.#address, this.#authkey).control('dummy');
    this.#state = 'started';
    return this;
  }

  protected makeServer(): Server {
    checkInitial(this.#state, this._tracksMemory);
    checkExposure(this.#address, this.#hasKey);
    const segments = this._tracksMemory ? new Segments() : null;
    return new Server(this.registry, this.#address, Buffer.from(this.#authkey, 'hex'), segments);
  }

  protected *shuttingDown(): Course<void> {
    const server = this.#server;
    if (server === null)
      throw new AttributeError(`'${this.constructor.name}' object has no attribute 'shutdown'`);
    this.#state = 'shutdown';
    forgotten.unregister(this);
    yield* server.shutdown();
    homeAt(server.address, this.#authkey).close(
      new BrokenPipeError('[Errno 32] Broken pipe', { errno: 32, code: 'EPIPE' }),
    );
    if (this._tracksMemory) forgetEnded();
  }

  /** @param args - those of `join`. */
  protected *joining(args: readonly unknown[]): Course<void> {
    const { timeout } = bindJoin(args);
    if (this.#server !== null) yield* ended(this.#server.process, checkSeconds(timeout));
  }

  /** Makes a shared object: gives its proxy. @internal */
  abstract _make(typeid: string, args: readonly unknown[], kwds?: object): unknown;

  /** What it starts, unless it is told otherwise. @internal */
  protected abstract get _Process(): ProcessClass;

  /** Whose proxies it gives out. @internal */
  abstract get _facade(): FacadeName;

  /** As `create`. @internal */
  protected *making<P extends BaseProxy>(
    typeid: string,
    args: readonly unknown[],
    kwds: object = {},
  ): Course<P> {
    const [token, exposed] = yield* this.creating(typeid, args, kwds);
    const authkey = Buffer.from(this.#authkey, 'hex');
    return proxyFor(token, { manager: this, authkey, exposed, incref: false }, this._facade) as P;
  }

  /** As `_create`. */
  protected *creating(
    typeid: string,
    args: readonly unknown[],
    kwds: object,
  ): Course<readonly [Token, readonly string[]]> {
    debug(`requesting creation of a shared ${repr(typeid)} object`);
    const home = this.#home();
    const [id, exposed] = (yield* home.control('create', [typeid, ...args], kwds)) as [string, string[]];
    return [new Token(typeid, home.address, id), Array.from(exposed)];
  }

  /** Asks the server at its address, whoever has started it. @throws ValueError for a manager without an address */
  protected reaching(method: string, args: readonly unknown[]): Eventual<unknown> {
    if (this.#address === null) throw new ValueError('address type of None unrecognized');
    return homeAt(this.#address, this.#authkey).control(method, args);
  }

  /** Asks the server itself. */
  protected asking(method: string): Eventual<unknown> {
    return this.#home().control(method);
  }

  #home(): RemoteHome {
    if (this.#state !== 'started' || this.#address === null)
      throw new AssertionError('server not yet started');
    return homeAt(this.#address, this.#authkey);
  }

  /** Has it started one? */
  protected get hasServer(): boolean {
    return this.#server !== null;
  }

  /** `<multiprocessing.managers.SyncManager object at 0x7f0000000040>` */
  toString(): string {
    return `<multiprocessing.managers.${this.constructor.name} object at ${addressOf(this)}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
