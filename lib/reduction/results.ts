import { PicklingError } from '../errors';
import type { Encoded } from './types';
export function encodeResult(value: unknown): Encoded {
  throw new PicklingError('cannot ' + typeof value);
}
