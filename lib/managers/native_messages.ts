import { Buffer } from 'node:buffer';
import { dumps, unpack } from '../connection/pickle';
import { Kind, type Reply, type Request } from './messages';
import { Token } from './token';
import type { Address } from './address';

/**
 * Messages between two ends of this package: answers may come in any order, so each says what it answers.
 *
 *     u8 0x4d | u8 0 | u16 0 | u32 number | the value, as pipes send it
 *
 * Python's pickles begin with 0x80, so both can be told apart.
 */
const MARK = 0x4d;
const HEAD = 8;

/** What a server of this package answers to Python's `accept_connection`, where Python says None. */
export const GREETING = 'multiprocessing-ts 1';

export interface Packed {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
}

type RequestValue = readonly [ident: string | null, method: string, args: readonly unknown[], kwds: object];
type ReplyValue = readonly [kind: string, value: unknown];

export const isNative = (bytes: Buffer): boolean => bytes.length >= HEAD && bytes[0] === MARK;

export const numberOf = (bytes: Buffer): number => bytes.readUInt32LE(4);

/** @throws PicklingError with the way to what cannot be sent. */
export function packRequest(number: number, { ident, method, args, kwds }: Request): Packed {
  return pack(number, [ident, method, args, kwds] satisfies RequestValue);
}

/** @throws PicklingError as {@link packRequest}. */
export function packReply(number: number, { kind, value }: Reply): Packed {
  return pack(number, [kind, kind === Kind.Proxy ? plainProxy(value) : value] satisfies ReplyValue);
}

/** @throws UnpicklingError, or whatever a class of the user throws when it is made again. */
export function unpackRequest(bytes: Buffer): Request {
  const [ident, method, args, kwds] = checkTuple(unpack(bytes.subarray(HEAD))(), 4) as RequestValue;
  return { ident, method, args, kwds: kwds as Request['kwds'] };
}

/** @throws as {@link unpackRequest}. */
export function unpackReply(bytes: Buffer): Reply {
  const [kind, value] = checkTuple(unpack(bytes.subarray(HEAD))(), 2) as ReplyValue;
  return { kind, value: kind === Kind.Proxy ? proxyFrom(value) : value };
}

function pack(number: number, value: unknown): Packed {
  const { pieces, length } = dumps(value);
  const head = Buffer.alloc(HEAD);
  head[0] = MARK;
  head.writeUInt32LE(number, 4);
  return { pieces: [head, ...pieces], length: HEAD + length };
}

function checkTuple(value: unknown, length: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('cannot unpack what is no tuple');
  if (value.length !== length) throw new TypeError(`expected ${length} values, got ${value.length}`);
  return value as readonly unknown[];
}

function plainProxy(value: unknown): unknown {
  const [exposed, { typeid, address, id }] = value as readonly [readonly string[], Token];
  return [exposed, [typeid, address, id]];
}

function proxyFrom(value: unknown): unknown {
  const [exposed, [typeid, address, id]] = value as [string[], [string, Address, string]];
  return [exposed, new Token(typeid, address, id)];
}
