import { PicklingError } from '../errors';
import { range, Range } from '../builtins/range';
import { PickleCodec, Tuple, tuple, type Reduced } from '../pickle';
import { Empty, Full } from '../queues/errors';
import { BrokenBarrierError } from '../synchronize/errors';
import { RemoteError } from './errors';
import { Slice, reduceSlice, sliceOf } from './slice';
import { Kind, type Reply, type Request } from './messages';
import { proxyAllowed, reduceToPython } from './pickled_proxies';
import { Token } from './token';

type RangeArguments = Parameters<typeof range>;

/** Plain values of Python that are none of pickle's own. */
const VALUES: readonly (readonly [name: string, make: (args: readonly unknown[]) => unknown])[] = [
  ['builtins slice', sliceOf],
  ['builtins range', (args) => range(...(args as RangeArguments))],
];

function reduce(value: object): Reduced | null {
  if (value instanceof Slice) return reduceSlice(value);
  if (value instanceof Range) {
    const { start, stop, step } = value;
    return { global: 'builtins range', args: [start, stop, step] };
  }
  return reduceToPython(value);
}

/** Messages between a Python program and one of this package: Python's own, one request and then its answer. */
const codec = new PickleCodec({
  allow: new Map([...proxyAllowed, ...VALUES]),
  reduce,
  exceptions: [
    ['_queue Empty', Empty],
    ['queue Empty', Empty],
    ['queue Full', Full],
    ['threading BrokenBarrierError', BrokenBarrierError],
    ['multiprocessing.managers RemoteError', RemoteError],
  ],
});

/** @throws PicklingError, TypeError, RecursionError for what Python cannot be sent. */
export function packRequest({ ident, method, args, kwds }: Request): Uint8Array {
  return dumps(tuple(ident, method, tuple(...args), kwds), ['', '', 'args', 'kwds']);
}

/** @throws as {@link packRequest}. */
export function packReply({ kind, value }: Reply): Uint8Array {
  return dumps(tuple(kind, kind === Kind.Proxy ? proxyToPython(value) : value), ['', 'result']);
}

/** @throws UnpicklingError and others for what is no request. */
export function unpackRequest(bytes: Buffer): Request {
  const [ident, method, args, kwds] = checkTuple(codec.loads(bytes), 4);
  return {
    ident: ident as string | null,
    method: String(method),
    args: itemsOf(args),
    kwds: keywordsOf(kwds),
  };
}

/** @throws as {@link unpackRequest}. */
export function unpackReply(bytes: Buffer): Reply {
  const [kind, value] = checkTuple(codec.loads(bytes), 2);
  return { kind: String(kind), value: kind === Kind.Proxy ? proxyFromPython(value) : value };
}

/** @param names - what the items of the message are to whoever has made them. */
function dumps(message: Tuple, names: readonly string[]): Uint8Array {
  try {
    return codec.dumps(message);
  } catch (error) {
    if (!(error instanceof PicklingError)) throw error;
    const text = error.message.replace(
      /: value\[(\d)\]/,
      (all, at: string) => `: ${names[Number(at)] ?? all}`,
    );
    throw new PicklingError(text, { cause: error });
  }
}

function checkTuple(value: unknown, length: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('cannot unpack what is no tuple');
  if (value.length !== length) throw new TypeError(`expected ${length} values, got ${value.length}`);
  return value as readonly unknown[];
}

function itemsOf(args: unknown): readonly unknown[] {
  if (!Array.isArray(args)) throw new TypeError('arguments must be a tuple');
  return args instanceof Tuple ? Array.from(args as unknown[]) : (args as unknown[]);
}

function keywordsOf(kwds: unknown): Request['kwds'] {
  if (!(kwds instanceof Map)) throw new TypeError('keywords must be a dict');
  const keywords: Record<string, unknown> = {};
  for (const [key, value] of kwds as Map<unknown, unknown>) {
    if (typeof key !== 'string') throw new TypeError('keywords must be strings');
    Object.defineProperty(keywords, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return keywords;
}

function proxyToPython(value: unknown): unknown {
  const [exposed, token] = value as readonly [readonly string[], Token];
  return tuple(tuple(...exposed), token);
}

function proxyFromPython(value: unknown): unknown {
  const [exposed, token] = checkTuple(value, 2);
  if (!(token instanceof Token)) throw new TypeError('expected a Token');
  return [itemsOf(exposed), token];
}
