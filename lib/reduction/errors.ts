import type { CodecId, Encoded } from './types';
import { encodePlain } from './values';
export class RemoteTraceback extends Error {
  override name = 'RemoteTraceback';
}
export function encodeThrown(e: unknown): Encoded {
  return encodePlain({ m: String((e as Error).message) }) as Encoded;
}
export function decodeThrown(_codec: CodecId, json: unknown, _b: readonly Uint8Array[]): unknown {
  return new Error((json as { m: string }).m);
}
