import { Buffer } from 'node:buffer';
import { dumps, unpack } from '../connection/pickle';
import { UnpicklingError } from '../errors';
import type { Address } from './address';
import { Kind, type Reply, type Request } from './messages';
import { Token } from './token';

/**
 * Messages between two ends of this package: answers may come in any order, so each says what it answers.
 *
 *     u8 0x4d | u8 form | u16 bytes of names | u32 number | names | a value, as pipes send it
 *
 * Python's pickles begin with 0x80, so both can be told apart. The names are `object NUL method`; what is lone in a
 * message (one argument, a result) is its value, since bytes go as they are then.
 *
 * An answer whose form has its highest bit asks for a receipt: a request of form 4, by which the server knows that what
 * a queue has given has arrived.
 */
const MARK = 0x4d;
const HEAD = 8;

/** What the value of a request is. */
const Form = {
  /** The only argument. */
  One: 0,
  /** A list of them. */
  Many: 1,
  /** `[arguments, keywords]` */
  Keywords: 2,
  /** Nothing: there are none. */
  None: 3,
  /** No request: the answer of that number is here. */
  Receipt: 4,
} as const;

/** In the form of an answer: a receipt is asked for. */
const ASKS_RECEIPT = 0x80;

/** The form of an answer is its kind. */
const KINDS: readonly string[] = [Kind.Return, Kind.Error, Kind.Proxy, Kind.Traceback, Kind.Unserializable];

/** What a server of this package answers to Python's `accept_connection`, where Python says None. */
export const GREETING = 'multiprocessing-ts 1';

/** Asks the server itself for a shortcut (shortcut.ts): its argument is an end of a pipe. */
export const SHORTEN = 'shorten';

export interface Packed {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
}

const NO_KEYWORDS: Request['kwds'] = Object.freeze({});

export const isNative = (bytes: Buffer): boolean => bytes.length >= HEAD && bytes[0] === MARK;

export const numberOf = (bytes: Buffer): number => bytes.readUInt32LE(4);

export const asksReceipt = (reply: Buffer): boolean => ((reply[1] as number) & ASKS_RECEIPT) !== 0;

export const isReceipt = (request: Buffer): boolean => request[1] === Form.Receipt;

export const packReceipt = (number: number): Packed => pack(number, Form.Receipt, '', null);

/** @throws PicklingError with the way to what cannot be sent. */
export function packRequest(number: number, { ident, method, args, kwds }: Request): Packed {
  const names = `${ident ?? ''}\0${method}`;
  if (Object.keys(kwds).length > 0) return pack(number, Form.Keywords, names, dumps([args, kwds]));
  if (args.length === 0) return pack(number, Form.None, names, null);
  return args.length === 1
    ? pack(number, Form.One, names, dumps(args[0]))
    : pack(number, Form.Many, names, dumps(args));
}

/** @throws PicklingError as {@link packRequest}. */
export function packReply(number: number, { kind, value }: Reply, asksReceipt = false): Packed {
  const form = KINDS.indexOf(kind) | (asksReceipt ? ASKS_RECEIPT : 0);
  return pack(number, form, '', dumps(kind === Kind.Proxy ? plainProxy(value) : value));
}

/** @throws UnpicklingError, or whatever a class of the user throws when it is made again. */
export function unpackRequest(bytes: Buffer): Request {
  const end = endOfNames(bytes);
  const names = bytes.toString('utf8', HEAD, end);
  const middle = names.indexOf('\0');
  const ident = middle <= 0 ? null : names.slice(0, middle);
  const method = names.slice(middle + 1);
  const rest = bytes.subarray(end);
  switch (bytes[1]) {
    case Form.None:
      return { ident, method, args: [], kwds: NO_KEYWORDS };
    case Form.One:
      return { ident, method, args: [unpack(rest, true)()], kwds: NO_KEYWORDS };
    case Form.Many:
      return { ident, method, args: listOf(unpack(rest, true)()), kwds: NO_KEYWORDS };
    case Form.Keywords: {
      const [args, kwds] = listOf(unpack(rest, true)());
      if (typeof kwds !== 'object' || kwds === null) throw new UnpicklingError('keywords must be an object');
      return { ident, method, args: listOf(args), kwds: kwds as Request['kwds'] };
    }
    default:
      throw new UnpicklingError(`a request has no form ${bytes[1] ?? ''}`);
  }
}

/** @throws as {@link unpackRequest}. */
export function unpackReply(bytes: Buffer): Reply {
  const kind = KINDS[(bytes[1] as number) & ~ASKS_RECEIPT] ?? `form ${bytes[1] ?? ''}`;
  const value = unpack(bytes.subarray(endOfNames(bytes)), true)();
  return { kind, value: kind === Kind.Proxy ? proxyFrom(value) : value };
}

function pack(number: number, form: number, names: string, value: Packed | null): Packed {
  const nameBytes = Buffer.byteLength(names);
  if (nameBytes > 0xffff) throw new TypeError('the name of the method is too long');
  const head = Buffer.allocUnsafe(HEAD + nameBytes);
  head[0] = MARK;
  head[1] = form;
  head.writeUInt16LE(nameBytes, 2);
  head.writeUInt32LE(number, 4);
  if (nameBytes > 0) head.write(names, HEAD);
  if (value === null) return { pieces: [head], length: head.length };
  return { pieces: [head, ...value.pieces], length: head.length + value.length };
}

function endOfNames(bytes: Buffer): number {
  const end = HEAD + bytes.readUInt16LE(2);
  if (end > bytes.length) throw new UnpicklingError('the message was truncated');
  return end;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new UnpicklingError('arguments must be a list');
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
