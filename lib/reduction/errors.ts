import { decodeResult } from './receiving';
import { encodeResult } from './results';
import type { CodecId, Encoded } from './types';

/** What a worker says of an error's place: Python's format. */
export class RemoteTraceback extends Error {
  override name = 'RemoteTraceback';
}

/** Encodes what a task threw. */
export function encodeThrown(thrown: unknown): Encoded {
  return encodeResult(thrown);
}

/** Decodes what a task threw. */
export function decodeThrown(codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): unknown {
  return decodeResult(codec, json, blocks);
}
