import type { Buffer } from 'node:buffer';
import { AuthenticationError } from '../errors';
import { PickleCodec } from '../pickle';
import { CHALLENGE } from './challenge';
import { dumps, unpack, type Pickled } from './pickle';

/**
 * How `send` and `recv` of a {@link Listener}'s and a {@link Client}'s connections turn values into bytes and back.
 *
 * @example
 * const json: Codec = {
 *   dumps: (value) => Buffer.from(JSON.stringify(value)),
 *   loads: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
 * };
 */
export interface Codec {
  dumps(value: unknown): Uint8Array;
  /** The bytes are its own. */
  loads(bytes: Uint8Array): unknown;
}

/** What a channel brings for the values of its connection; without one they are those of pipes. */
export interface Pickler {
  dumps(value: unknown): Pickled;
  /** First takes what it needs out of the bytes, then makes a value of it. */
  unpack(bytes: Buffer): () => unknown;
}

/** Values as pipes send them, functions and classes too: between processes of one family. */
const FAMILY: Pickler = { dumps, unpack };

/** What is spoken with whoever is not known to be of the family: Python's pickles, which run nothing. */
let pickles: Codec | null = null;

/**
 * What a connection speaks.
 *
 * @param codec - the user's wish.
 * @param isFamily - has the other end shown that it is a process of this family?
 */
export function picklerFor(codec: Codec | null, isFamily: boolean): Pickler {
  if (codec === null && isFamily) return FAMILY;
  const speech = codec ?? (pickles ??= new PickleCodec());
  return {
    dumps(value) {
      const bytes = speech.dumps(value);
      return { pieces: [bytes], length: bytes.length };
    },
    unpack: (bytes) => () => {
      // No codec begins so by chance: this end has no key, and the other asks for one.
      if (bytes.length > CHALLENGE.length && bytes.subarray(0, CHALLENGE.length).equals(CHALLENGE))
        throw new AuthenticationError('the listener asks for an authkey, and none was given');
      return speech.loads(bytes);
    },
  };
}

export function checkCodec(codec: unknown): Codec | null {
  if (codec === null || codec === undefined) return null;
  const { dumps: write, loads: read } = codec as Partial<Codec>;
  if (typeof write === 'function' && typeof read === 'function') return codec as Codec;
  throw new TypeError('codec must have the methods dumps and loads');
}
