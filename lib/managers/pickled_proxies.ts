import { UnpicklingError } from '../errors';
import { Global, tuple, type Allowed, type Rebuilder, type Reduced } from '../pickle';
import { isNetwork, type Address } from './address';
import { classNamed } from './proxy_types';
import { proxyWays } from './proxy_state';
import { Token } from './token';

/** How tokens and proxies are written in Python's pickles. */
const MODULE = 'multiprocessing.managers';

/** Python's classes of proxies. */
const CLASSES = [
  'AcquirerProxy',
  'ArrayProxy',
  'AutoProxy',
  'BarrierProxy',
  'BaseListProxy',
  'BaseProxy',
  'BasePoolProxy',
  'ConditionProxy',
  'DictProxy',
  'EventProxy',
  'IteratorProxy',
  'ListProxy',
  'NamespaceProxy',
  'PoolProxy',
  'SetProxy',
  'ValueProxy',
];

const notCalled = (): never => {
  throw new UnpicklingError('a class of proxies is not called by a pickle');
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const tokens: Rebuilder = {
  make: () => new Token('', '', ''),
  set_state(made, state) {
    const [typeid, address, id] = Array.isArray(state) ? (state as unknown[]) : [];
    if (!(made instanceof Token) || typeof typeid !== 'string' || typeof id !== 'string')
      throw new UnpicklingError('the state of a Token is (typeid, address, id)');
    const token: Mutable<Token> = made;
    token.typeid = typeid;
    token.address = addressOf(address);
    token.id = id;
  },
};

function addressOf(value: unknown): Address {
  if (typeof value === 'string') return value;
  const [host, port] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof host !== 'string' || typeof port !== 'number')
    throw new UnpicklingError('an address is a path or (host, port)');
  return [host, port];
}

/** `RebuildProxy(class, token, serializer, kwds)` */
function rebuild([of, token, , kwds]: readonly unknown[]): object {
  if (!(of instanceof Global) || !(token instanceof Token) || !(kwds instanceof Map))
    throw new UnpicklingError('RebuildProxy takes a class, a token, a serializer and keywords');
  const { typeid, address, id } = token;
  const exposed: unknown = kwds.get('exposed');
  const methods = Array.isArray(exposed) ? Array.from(exposed, String) : null;
  const proxytype = of.name === 'AutoProxy' ? null : classNamed(of.name, typeid);
  if (of.name !== 'AutoProxy' && proxytype === null)
    throw new UnpicklingError(`proxies of ${String(of)} are not known here`);
  return proxyWays().rebuild({ typeid, address, id, proxytype, base: null, exposed: methods, authkey: null });
}

/** What a pickle may name. */
export const proxyAllowed: Allowed = new Map<string, Rebuilder | Rebuilder['make']>([
  [`${MODULE} Token`, tokens],
  [`${MODULE} RebuildProxy`, rebuild],
  ...CLASSES.map((name) => [`${MODULE} ${name}`, notCalled] as const),
]);

/** How they are written; `null` for everything else. */
export function reduceToPython(value: object): Reduced | null {
  if (value instanceof Token) {
    const { typeid, address, id } = value;
    const where = isNetwork(address) ? tuple(...address) : address;
    return { global: `${MODULE} Token`, args: [], state: tuple(typeid, where, id), is_new: true };
  }
  const state = proxyWays().stateOf(value);
  if (state === null) return null;
  const { typeid, address, id, proxytype, exposed } = state;
  const isKnown = proxytype !== null && CLASSES.includes(proxytype.name);
  const methods = exposed ?? proxytype?._exposed_ ?? [];
  return {
    global: `${MODULE} RebuildProxy`,
    args: [
      new Global(MODULE, isKnown ? proxytype.name : 'AutoProxy'),
      new Token(typeid, address, id),
      'pickle',
      isKnown ? {} : { exposed: tuple(...methods) },
    ],
  };
}
