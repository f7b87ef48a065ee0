import { UnpicklingError } from '../errors';
import { decodeGraph, Decoder } from './graph/decode';
import { Codec, type CodecId, type Encoded } from './types';
import { decodePlain, encodePlain } from './values';

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

const resultDecoder = new Decoder({
  thing: (uid) => {
    const thing = heap().thingOf(uid);
    if (thing === undefined)
      throw new UnpicklingError(`function or object ${uid} is no longer in this process`);
    return thing;
  },
  symbol: (uid, description) => heap().symbolOf(uid) ?? Symbol(description ?? undefined),
});

const heap = (): typeof import('./graph/heap') => require('./graph/heap') as typeof import('./graph/heap');

/** Decodes what a worker returned: uids in it are of this process's own functions. @throws UnpicklingError */
export function decodeResult(codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): unknown {
  return codec === Codec.Graph ? decodeGraph(resultDecoder, json, blocks) : decodePlain(codec, json, blocks);
}
