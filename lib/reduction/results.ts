import { encodePlain } from './values';
import type { Encoded } from './types';

/**
 * Encodes what a task returned. Functions and classes that the parent sent go
 * back as themselves.
 * @throws PicklingError for those that were made in the worker.
 */
export function encodeResult(value: unknown): Encoded {
  const plain = encodePlain(value);
  if (plain !== null) return plain;
  const { encodeReturnedGraph } = require('./returning') as typeof import('./returning');
  return encodeReturnedGraph(value);
}
