import * as promising from 'multiprocessing-ts';
import * as sharedctypes from 'multiprocessing-ts/sharedctypes';
import * as sync from 'multiprocessing-ts/sync';
import { synchronized } from 'multiprocessing-ts/sync/sharedctypes';
import { oracle, type Facade, type Recorded } from '../support';

/** What CPython 3.11 answered. */
export const recorded = oracle('v01_sharedctypes');

/** A value as the recording has it: bytes in hex, and numbers as JSON reads them. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  return value;
}

/** The value that the recorded case returned. */
export function ok(name: string): unknown {
  const { ok: value }: Recorded = recorded(name);
  if (value === undefined) throw new Error(`'${name}' returned nothing`);
  return value;
}

export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

const { Array: SharedArray, Condition, Lock, RLock, Value } = promising;
const PROMISING = { Condition, Lock, RLock, SharedArray, synchronized: sharedctypes.synchronized, Value };

/**
 * What has to do with locks, of a facade. To a test they look the same: it awaits what the blocking ones return, and
 * whoever they wait for is a worker.
 */
export function namesOf(facade: Facade): typeof PROMISING {
  if (facade === 'async') return PROMISING;
  return { ...sync, SharedArray: sync.Array, synchronized } as unknown as typeof PROMISING;
}
