import { Codec, type CodecId } from './types';
import { decodePlain } from './values';
type F = (...a: unknown[]) => unknown;
export class Receiver {
  #f = new Map<number, F>();
  define(json: unknown, _b: readonly Uint8Array[]): void {
    for (const [id, text] of json as [number, string][]) this.#f.set(id, (0, eval)(`(${text})`) as F);
  }
  decode(codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): unknown {
    if (codec === Codec.Graph) throw new Error('graph');
    return decodePlain(codec, json, blocks);
  }
  function(id: number): F {
    const f = this.#f.get(id);
    if (!f) throw new Error('unknown function');
    return f;
  }
}
export function decodeResult(codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): unknown {
  return decodePlain(codec, json, blocks);
}
