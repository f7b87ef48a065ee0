import { Receiver } from './receiving';
import type * as Sending from './sending';
import { Codec, type CodecId, type Definitions } from './types';
import { decodePlain, encodePlain } from './values';

/** A value for whoever takes it, with the definitions that it stands on. */
export interface EncodedItem {
  readonly codec: CodecId;
  readonly text: string;
  readonly blocks: readonly Uint8Array[];
  readonly definitions: Definitions | null;
}

const sending = (): typeof Sending => require('./sending') as typeof Sending;

/** @throws PicklingError with the way to what cannot be sent. */
export function encodeItem(value: unknown): EncodedItem {
  const plain = plainItem(value);
  if (plain !== null) return plain;
  const { encode, Peer } = sending();
  const { codec, text, blocks, needs } = encode(value);
  return { codec, text, blocks, definitions: needs === null ? null : new Peer().pack(needs) };
}

function plainItem(value: unknown): EncodedItem | null {
  try {
    const plain = encodePlain(value);
    return plain === null
      ? null
      : { codec: plain.codec, text: plain.text, blocks: plain.blocks, definitions: null };
  } catch (error) {
    // Deeper than the stack: the graph codec goes on.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The inverse. @throws UnpicklingError */
export function decodeItem({ codec, text, blocks, definitions }: EncodedItem): unknown {
  const json: unknown = JSON.parse(text);
  if (codec !== Codec.Graph) return decodePlain(codec, json, blocks);
  const receiver = new Receiver();
  if (definitions !== null) receiver.define(JSON.parse(definitions.text), definitions.blocks);
  return receiver.decode(codec, json, blocks);
}
