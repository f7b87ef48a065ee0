import { inspect } from 'node:util';
import { keyOf } from '../process/authentication_string';
import { isSpawning } from '../process/process_object';
import { REDUCE } from '../reduction/registry';
import { addressOf } from '../util/address';
import { authkeyOf } from '../util/authkey';
import { getCurrentProcess } from '../util/current';
import { repr, str } from '../util/repr';
import { Eventual, eventually, go, type Course } from '../util/eventual';
import { homeAt } from './client/homes';
import type { FacadeName } from './facade_name';
import { currentArrival, type Home } from './home';
import { Kind, errorOf, type Reply, type Request } from './messages';
import type { ManagerLike, ProxyOptions } from './proxy_options';
import { keepOnItsWay, setProxyWays, type ProxyState } from './proxy_state';
import { namedProxyType } from './proxy_types';
import type { ProxyClass } from './registry';
import { Token } from './token';
import { fitting } from './twins';

/** Calls of one proxy that are served in their order, in the name of one caller: see {@link BaseProxy._lane}. */
export interface ProxyLane {
  call(methodname: string, args?: readonly unknown[], kwds?: object): Promise<unknown>;
  end(): void;
}

/** The same, for either facade. */
export interface OpenLane {
  call(methodname: string, args?: readonly unknown[], kwds?: object): Eventual<unknown>;
  end(): void;
}

interface Counted {
  readonly home: Home;
  readonly id: string;
}

/** A proxy that nobody holds any more does not count. */
const forgotten = new FinalizationRegistry<Counted>(({ home, id }) => {
  home.decref(id);
});

/**
 * Stands for an object that a manager's server holds: its methods are called there, and resolve to copies of what
 * they return.
 *
 * As in Python it may be sent to other processes with any call, and be put into other shared objects; the server keeps
 * the object for as long as there are proxies of it. What a process that dies has held is given up, where Python's
 * server keeps it for ever. Unlike in Python, `str(proxy)` cannot ask the server: {@link BaseProxy.str} does.
 *
 * @example
 * await using manager = await Manager();
 * const list = await manager.list([1, 2]);
 * await list.append(3);
 * console.log(await list._getvalue()); // [ 1, 2, 3 ]
 */
export class BaseProxy {
  /** The methods that proxies of this class may call; `null`: all that are public. */
  static readonly _exposed_: readonly string[] | null = null;
  /** The methods whose results stay in the server, and the types that they have there. */
  static readonly _method_to_typeid_: Readonly<Record<string, string>> | null = null;

  static readonly [REDUCE] = { reduce: reduceProxy, rebuild: rebuildProxy };

  readonly #token: Token;
  readonly #manager: ManagerLike | null;
  readonly #home: Home;
  readonly #exposed: readonly string[] | null;
  #isCounted = true;

  /** Not for users: proxies come from managers. */
  constructor(token: Token, options: ProxyOptions = {}) {
    const { manager = null, authkey = null, exposed = null, incref = true, home = null } = options;
    this.#token = token;
    this.#manager = manager;
    this.#exposed = exposed;
    this.#home =
      home ?? homeAt(token.address, authkey === null ? authkeyOf(getCurrentProcess()) : keyOf(authkey));
    if (incref) this.#home.incref(token.id);
    else this.#home.adopt(token.id);
    forgotten.register(this, { home: this.#home, id: token.id }, this);
  }

  /** What names the shared object. */
  get _token(): Token {
    return this.#token;
  }

  /** What it is called in its server. */
  get _id(): string {
    return this.#token.id;
  }

  /** The methods that it may call, of its class; `null`: all that are public. */
  get _exposed_(): readonly string[] | null {
    return (this.constructor as typeof BaseProxy)._exposed_;
  }

  /** The methods that it was made with; `null`: those of its class. @internal */
  get _exposed(): readonly string[] | null {
    return this.#exposed;
  }

  /** @internal */
  get _home(): Home {
    return this.#home;
  }

  /**
   * Calls a method of the shared object. Resolves to a copy of what it returns, or to a proxy of that.
   *
   * @param methodname - as Python calls it: `'append'`, `'__getitem__'`.
   * @param args - its arguments.
   * @param kwds - keyword arguments; of a method in JavaScript one last object, unless its class names parameters.
   * @throws RemoteError for a method that is not exposed, and an answer that cannot be sent.
   * @throws PicklingError for arguments that cannot be sent; nothing is sent then.
   * @throws EOFError, OSError when the server has ended. Else whatever the method throws.
   */
  _callmethod(methodname: string, args: readonly unknown[] = [], kwds: object = {}): Promise<unknown> {
    return this._run(() => this._calling(methodname, args, kwds));
  }

  /** A copy of the shared object itself. */
  _getvalue(): Promise<unknown> {
    return this._callmethod('#GETVALUE');
  }

  /** What Python's `str()` of the shared object is; if that fails, that of the proxy, which says so. */
  str(): Promise<string> {
    return this._run(() => go(this._describing()));
  }

  /** Gives the reference up before the proxy itself is forgotten. It is not to be used any more. */
  _close(): Promise<void> {
    return this._run(() => go(this.#closing()));
  }

  *#closing(): Course<void> {
    if (!this.#isCounted) return;
    this.#isCounted = false;
    forgotten.unregister(this);
    yield* this.#home.decref(this.#token.id);
  }

  /** As {@link BaseProxy.str}. @internal */
  *_describing(): Course<string> {
    try {
      return str(yield* this._calling('__repr__'));
    } catch {
      return `${describe(this).slice(0, -1)}; '__str__()' failed>`;
    }
  }

  // What follows is written once for both facades: only `_run` differs.

  /** Waits for what `begin` has begun: gives a promise; in the other facade it blocks. @internal */
  _run<T>(begin: () => Eventual<T>): Promise<T> {
    return Eventual.try(begin).promise();
  }

  /** Whose proxies its methods give. @internal */
  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- the other facade overrides it
  get _facade(): FacadeName {
    return 'async';
  }

  /** As {@link BaseProxy._callmethod}. @internal */
  _calling(methodname: string, args: readonly unknown[] = [], kwds: object = {}): Eventual<unknown> {
    return go(this.#calling(this.#home, methodname, args, kwds));
  }

  *#calling(to: Pick<Home, 'call'>, method: string, args: readonly unknown[], kwds: object): Course<unknown> {
    return this.#result(
      yield* to.call({
        ident: this.#token.id,
        method,
        args,
        kwds: kwds as Request['kwds'],
        facade: this._facade,
      }),
    );
  }

  /** Calls a method for what it does. @internal */
  _tell(methodname: string, args: readonly unknown[] = [], kwds: object = {}): Promise<void> {
    return this._run(() => this._telling(methodname, args, kwds));
  }

  /** As {@link BaseProxy._tell}. @internal */
  _telling(methodname: string, args: readonly unknown[] = [], kwds: object = {}): Eventual<void> {
    return go(this.#giving(undefined, methodname, args, kwds));
  }

  /** As {@link BaseProxy._tell}, and gives the proxy itself. @internal */
  _change(methodname: string, args: readonly unknown[]): Promise<this> {
    return this._run(() => this._changing(methodname, args));
  }

  /** As {@link BaseProxy._change}. @internal */
  _changing(methodname: string, args: readonly unknown[]): Eventual<this> {
    return go(this.#giving(this, methodname, args, {}));
  }

  /** What a method gives, as a list. @internal */
  *_listing(methodname: string, args: readonly unknown[]): Course<unknown[]> {
    return Array.from((yield* this._calling(methodname, args)) as Iterable<unknown>);
  }

  /** What a function of the user has given, which may be a promise. @internal */
  _given<T>(given: T | Promise<T>): Eventual<T> {
    return eventually(given);
  }

  *#giving<T>(value: T, methodname: string, args: readonly unknown[], kwds: object): Course<T> {
    yield* this._calling(methodname, args, kwds);
    return value;
  }

  /**
   * A way for calls in the name of one caller: on a server of Python a lock is owned by the connection that acquired
   * it. There, a lane has one of its own until it ends; on one of ours, all of this thread is one caller anyway.
   */
  protected _lane(): ProxyLane {
    const lane = this._openLane();
    return {
      call: (methodname, args = [], kwds = {}) => this._run(() => lane.call(methodname, args, kwds)),
      end: () => {
        lane.end();
      },
    };
  }

  /** As {@link BaseProxy._lane}. @internal */
  _openLane(): OpenLane {
    const lane = this.#home.lane();
    return {
      call: (methodname, args = [], kwds = {}) => go(this.#calling(lane, methodname, args, kwds)),
      end: () => {
        lane.end();
      },
    };
  }

  #result(reply: Reply): unknown {
    if (reply.kind === Kind.Return) return reply.value;
    if (reply.kind !== Kind.Proxy) throw errorOf(reply);
    const [exposed, token] = reply.value as readonly [readonly string[], Token];
    return proxyFor(
      token,
      { manager: this.#manager, home: this.#home, exposed: Array.from(exposed), incref: false },
      this._facade,
    );
  }

  /** `<ListProxy object, typeid 'list' at 0x7f0000000040>` */
  toString(): string {
    return describe(this);
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** What a proxy says of itself, without asking anybody. */
export const describe = (proxy: BaseProxy): string =>
  `<${proxy.constructor.name} object, typeid ${repr(proxy._token.typeid)} at ${addressOf(proxy)}>`;

// ----------------------------------------------------- classes of proxies

/** Classes that were made, by what they extend, and by name and methods. */
const made = new WeakMap<ProxyClass, Map<string, ProxyClass>>();
/** Those of a class that was made for what their server exposes. */
const automatic = new WeakMap<BaseProxy, ProxyClass>();

/** A proxy with it would be taken for a promise. */
const NEVER = new Set(['then', 'constructor']);

/**
 * A class of proxies that have these methods.
 *
 * @param name - its name.
 * @param exposed - the methods of the shared object. One that is called `then` can only be called by `_callmethod`:
 *   a proxy is no promise.
 * @example
 * const CounterProxy = MakeProxyType('CounterProxy', ['increment', 'get']);
 */
export function makeProxyType(name: string, exposed: Iterable<string>): ProxyClass {
  return proxyTypeOf(BaseProxy, name, exposed);
}

/** As {@link makeProxyType}. @param Base - that of a facade. */
export function proxyTypeOf(Base: ProxyClass, name: string, exposed: Iterable<string>): ProxyClass {
  const methods = [...exposed];
  const key = JSON.stringify([name, methods]);
  let family = made.get(Base);
  if (family === undefined) made.set(Base, (family = new Map<string, ProxyClass>()));
  const known = family.get(key);
  if (known !== undefined) return known;
  const Class = {
    [name]: class extends (Base as typeof BaseProxy) {
      static override readonly _exposed_: readonly string[] = methods;
    },
  }[name] as ProxyClass;
  for (const method of methods) {
    if (NEVER.has(method)) continue;
    Object.defineProperty(Class.prototype, method, {
      value: function (this: BaseProxy, ...args: unknown[]): Promise<unknown> {
        return this._callmethod(method, args);
      },
      writable: true,
      configurable: true,
    });
  }
  family.set(key, Class);
  return Class;
}

/** A proxy that has the methods that are exposed. */
function autoProxy(token: Token, options: ProxyOptions, Base: ProxyClass): BaseProxy {
  const Class = proxyTypeOf(Base, `AutoProxy[${token.typeid}]`, options.exposed ?? []);
  const proxy = new Class(token, options);
  automatic.set(proxy, Base);
  return proxy;
}

/** A proxy of the class that its type has; if that is not known here, of one that is made for its methods. */
export function proxyFor(token: Token, options: ProxyOptions, facade: FacadeName): BaseProxy {
  const registry = options.manager?.registry ?? {};
  const entry = Object.hasOwn(registry, token.typeid) ? registry[token.typeid] : undefined;
  const proxytype = entry === undefined ? namedProxyType(token.typeid) : entry.proxytype;
  return proxytype === null
    ? autoProxy(token, options, fitting(BaseProxy, facade))
    : new (fitting(proxytype, facade))(token, options);
}

// ---------------------------------------------------------------- travels

function reduceProxy(proxy: BaseProxy): ProxyState {
  keepOnItsWay(proxy);
  const { typeid, address, id } = proxy._token;
  const base = automatic.get(proxy) ?? null;
  const isAuto = base !== null;
  return {
    typeid,
    address,
    id,
    proxytype: isAuto ? null : (proxy.constructor as ProxyClass),
    base,
    exposed: isAuto ? proxy._exposed : null,
    authkey: isSpawning() ? proxy._home.authkey : null,
  };
}

function rebuildProxy(state: ProxyState): BaseProxy {
  const { typeid, address, id, proxytype, base, exposed, authkey } = state;
  const arrival = currentArrival();
  const home = arrival?.homeOf(address) ?? null;
  const fit = (Class: ProxyClass): ProxyClass =>
    arrival?.facade === undefined ? Class : fitting(Class, arrival.facade);
  const token = new Token(typeid, home?.address ?? address, id);
  const options: ProxyOptions = {
    exposed,
    ...(home === null ? {} : { home }),
    ...(authkey === null ? {} : { authkey: Buffer.from(authkey, 'hex') }),
  };
  return proxytype === null
    ? autoProxy(token, options, fit(base ?? BaseProxy))
    : new (fit(proxytype))(token, options);
}

setProxyWays({
  stateOf: (value) => (value instanceof BaseProxy ? reduceProxy(value) : null),
  rebuild: rebuildProxy,
});
