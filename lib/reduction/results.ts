import { UnpicklingError } from '../errors';
import { decodeGraph, Decoder } from './graph/decode';
import { symbolFrom } from './origins';
import { Codec, type CodecId } from './types';
import { decodePlain } from './values';

const resultDecoder = new Decoder({
  thing: (uid) => {
    const thing = heap().thingOf(uid);
    if (thing === undefined)
      throw new UnpicklingError(`function or object ${uid} is no longer in this process`);
    return thing;
  },
  symbol: (uid, description, from) => {
    if (from !== null) return symbolFrom({ heap: from, uid }, description);
    return heap().symbolOf(uid) ?? Symbol(description ?? undefined);
  },
});

const heap = (): typeof import('./graph/heap') => require('./graph/heap') as typeof import('./graph/heap');

/** Decodes what a worker returned: uids in it are of this process's own functions. @throws UnpicklingError */
export function decodeResult(codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): unknown {
  return codec === Codec.Graph ? decodeGraph(resultDecoder, json, blocks) : decodePlain(codec, json, blocks);
}
