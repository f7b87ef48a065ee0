import { AssertionError } from '../errors';
import { signature } from '../util/keywords';
import { repr } from '../util/repr';
import type { BaseProxy } from './base_proxy';
import type { ProxyOptions } from './proxy_options';
import type { Token } from './token';

interface ProxyStatics {
  readonly name: string;
  readonly _exposed_?: readonly string[] | null;
  readonly _method_to_typeid_?: Readonly<Record<string, string>> | null;
}

/** A class of proxies, or what makes them. */
export interface ProxyClass extends ProxyStatics {
  new (token: Token, options?: ProxyOptions): BaseProxy;
}

/** The same, of either facade. */
export interface ProxyType extends ProxyStatics {
  new (token: Token, options?: ProxyOptions): Pick<BaseProxy, '_token' | '_id'>;
}

/** Makes the shared object: a class, or a function, which may be async. */
export type Maker = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/** What a manager knows of one type. */
export interface Entry {
  /** `null`: whatever object it is given is itself the one that is shared. */
  readonly callable: Maker | null;
  /** `null`: all public methods. */
  readonly exposed: readonly string[] | null;
  /** The methods whose results stay in the server, and the types that they have there. */
  readonly method_to_typeid: Readonly<Record<string, string>> | null;
  /** `null`: one is made for the methods that are exposed. */
  readonly proxytype: ProxyClass | null;
}

export type Registry = Readonly<Record<string, Entry>>;

/** What `register` is told of a type. */
export interface RegisterKeywords {
  readonly callable?: Maker | null;
  readonly proxytype?: ProxyType | null;
  readonly exposed?: Iterable<string> | null;
  readonly method_to_typeid?: Readonly<Record<string, string>> | null;
  readonly create_method?: boolean;
}

interface Given {
  typeid: unknown;
  callable: Maker | null;
  proxytype: ProxyClass | null;
  exposed: Iterable<string> | null;
  method_to_typeid: Readonly<Record<string, string>> | ReadonlyMap<string, string> | null;
  create_method: boolean;
}

const bind = signature({
  name: 'register',
  defaults: (): Given => ({
    typeid: null,
    callable: null,
    proxytype: null,
    exposed: null,
    method_to_typeid: null,
    create_method: true,
  }),
  required: 1,
  objects: ['method_to_typeid'],
});

export interface Registration {
  readonly typeid: string;
  readonly entry: Entry;
  readonly createMethod: boolean;
}

/** @throws TypeError, AssertionError for what cannot be registered. */
export function registrationOf(args: readonly unknown[]): Registration {
  const { typeid, callable, proxytype, exposed, method_to_typeid, create_method } = bind(args);
  if (typeof typeid !== 'string') throw new TypeError(`typeid must be a string, not ${repr(typeid)}`);
  for (const [name, given] of Object.entries({ callable, proxytype }))
    if (given !== null && typeof given !== 'function') throw new TypeError(`${repr(given)} is no ${name}`);
  const listed = exposed === null ? [] : [...exposed];
  const types = typesOf(method_to_typeid ?? proxytype?._method_to_typeid_ ?? null);
  return {
    typeid,
    entry: {
      callable,
      exposed: listed.length > 0 ? listed : (proxytype?._exposed_ ?? null),
      method_to_typeid: types,
      proxytype,
    },
    createMethod: create_method,
  };
}

function typesOf(given: Given['method_to_typeid']): Readonly<Record<string, string>> | null {
  if (given === null) return null;
  const entries: readonly [unknown, unknown][] =
    given instanceof Map ? [...(given as Map<unknown, unknown>)] : Object.entries(given);
  for (const part of entries.flat())
    if (typeof part !== 'string') throw new AssertionError(`${repr(part)} is not a string`);
  return entries.length === 0 ? null : (Object.fromEntries(entries) as Record<string, string>);
}
