import { copying } from './passage';
import { decodeResult } from './results';
import type { CodecId, Encoded } from './types';

/**
 * What a task threw, on its way to the parent: there it is an error of the same
 * class, its `cause` a {@link RemoteTraceback}.
 */

/**
 * The stack of an error in the worker it was thrown in, as Python shows it.
 * It stands in front of the error's own cause, which is its `cause`.
 */
export class RemoteTraceback extends Error {
  override name = 'RemoteTraceback';
  /** The text between `"""` and `"""`, source-mapped to the user's files. */
  readonly tb: string;

  constructor(stack: string) {
    const text = `\n"""\n${stack}"""`;
    super(text);
    this.tb = text;
    // Where this object was made says nothing to anybody.
    Object.defineProperty(this, 'stack', {
      value: `RemoteTraceback: ${text}`,
      writable: true,
      configurable: true,
    });
    Object.defineProperty(this, 'name', { enumerable: false });
    Object.defineProperty(this, 'tb', { enumerable: false });
  }

  override toString(): string {
    return this.tb;
  }
}

/**
 * Encodes whatever was thrown. What an error has that cannot be sent back is
 * left out rather than replacing the error by another one.
 *
 * @param sharesMemory - this is a thread of the receiver's process.
 */
export function encodeThrown(thrown: unknown, sharesMemory = false): Encoded {
  const { encodeThrownGraph } = require('./throwing') as typeof import('./throwing');
  return encodeThrownGraph(thrown, copying(sharesMemory));
}

/** What {@link encodeThrown} packs. */
export interface Parcel {
  readonly thrown: unknown;
  /** Errors whose class was made in the worker, and its name. */
  readonly names?: readonly (readonly [error: object, name: string])[];
}

/** Decodes what a worker threw, and tells where that was. @throws UnpicklingError */
export function decodeThrown(codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): unknown {
  const { thrown, names = [] } = decodeResult(codec, json, blocks) as Parcel;
  for (const [error, name] of names) {
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  }
  if (!isErrorLike(thrown)) return thrown;
  const { mapStack } = require('./stacks') as typeof import('./stacks');
  const stack = mapStack(thrown.stack ?? '');
  const traceback = new RemoteTraceback(stack);
  const own = Object.getOwnPropertyDescriptor(thrown, 'cause');
  if (own !== undefined) {
    Object.defineProperty(traceback, 'cause', {
      value: own.value as unknown,
      configurable: true,
      writable: true,
    });
  }
  try {
    Object.defineProperty(thrown, 'stack', { value: stack, configurable: true, writable: true });
    Object.defineProperty(thrown, 'cause', { value: traceback, configurable: true, writable: true });
  } catch {
    // Frozen: it arrives as it is.
  }
  return thrown;
}

const isErrorLike = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
