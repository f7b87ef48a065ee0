import { ValueError } from '../errors';
import { repr, type_name } from '../util/repr';
import { RemoteError } from './errors';
import type { FacadeName } from './facade_name';

/**
 * What is said between proxies and servers, in Python's words (its managers.py), whatever bytes carry it. Nothing here
 * waits for anything.
 */

/** `ident` is `null` for what is asked of the server itself. */
export interface Request {
  readonly ident: string | null;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly kwds: Readonly<Record<string, unknown>>;
  /** Whose proxies the answer is to have. It does not travel. */
  readonly facade?: FacadeName;
}

export const Kind = {
  Return: '#RETURN',
  Error: '#ERROR',
  Proxy: '#PROXY',
  Traceback: '#TRACEBACK',
  Unserializable: '#UNSERIALIZABLE',
} as const;

export interface Reply {
  readonly kind: string;
  readonly value: unknown;
}

/** What a server itself can be asked for. */
export const CONTROLS = [
  'shutdown',
  'create',
  'accept_connection',
  'get_methods',
  'debug_info',
  'number_of_objects',
  'dummy',
  'incref',
  'decref',
] as const;

/** What every shared object answers, exposed or not. */
export const FALLBACKS = ['__str__', '__repr__', '#GETVALUE'] as const;

/** What is thrown for a reply that is no result. */
export function errorOf({ kind, value }: Reply): unknown {
  switch (kind) {
    case Kind.Error:
      return value;
    case Kind.Traceback:
    case Kind.Unserializable:
      if (typeof value !== 'string')
        return new TypeError(`Result ${repr(value)} (kind '${kind}') type is ${type_name(value)}, not str`);
      return new RemoteError(kind === Kind.Traceback ? value : `Unserializable message: ${value}\n`);
    default:
      return new ValueError(`Unrecognized message type ${repr(kind)}`);
  }
}
