import type * as Heap from './graph/heap';
import type * as Needs from './graph/needs';
import { HEAP, parentMirror, type Origin } from './origins';
import { LENT } from './passage';
import { Receiver, type Elsewhere } from './receiving';
import type * as Sending from './sending';
import { Codec, type CodecId, type Definitions } from './types';
import { decodePlain, encodePlain } from './values';

/**
 * Values for whoever takes them: nobody knows which process or thread of the family that will be, nor what it was
 * told before. So an item carries the definitions that it stands on; but what the taker knows already (its own
 * classes, those that its parent has sent, or an earlier item) is not made a second time.
 */
export interface EncodedItem {
  readonly codec: CodecId;
  readonly text: string;
  /** They may be the memory of the value itself: to be copied before anything else is run. */
  readonly blocks: readonly Uint8Array[];
  readonly definitions: Definitions | null;
}

const sending = (): typeof Sending => require('./sending') as typeof Sending;
const needsOf = (): typeof Needs => require('./graph/needs') as typeof Needs;
const heap = (): typeof Heap => require('./graph/heap') as typeof Heap;

/** @throws PicklingError with the way to what cannot be sent. */
export function encodeItem(value: unknown): EncodedItem {
  const plain = plainItem(value);
  if (plain !== null) return plain;
  const { codec, text, blocks, needs } = sending().encodeBy(LENT, value);
  const stands = codec === Codec.Graph || needs !== null;
  return { codec, text, blocks, definitions: stands ? needsOf().packWhole(needs) : null };
}

function plainItem(value: unknown): EncodedItem | null {
  try {
    const plain = encodePlain(value, LENT);
    return plain === null
      ? null
      : { codec: plain.codec, text: plain.text, blocks: plain.blocks, definitions: null };
  } catch (error) {
    // Deeper than the stack: the graph codec goes on.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The inverse; the blocks belong to the value from now on. @throws UnpicklingError */
export function decodeItem({ codec, text, blocks, definitions }: EncodedItem): unknown {
  const json: unknown = JSON.parse(text);
  if (definitions === null) return decodePlain(codec, json, blocks);
  return receiverOf(definitions).decode(codec, json, blocks);
}

// ---------------------------------------------------------------- receiving

interface Known {
  readonly blocks: readonly Uint8Array[];
  readonly receiver: Receiver;
}

/** The definitions of the last items: others of the same kind will come. The last used is last. */
const known = new Map<string, Known>();
const MOST = 32;

function receiverOf({ text, blocks }: Definitions): Receiver {
  let entry = known.get(text);
  if (entry !== undefined) known.delete(text);
  if (entry === undefined || !isSame(entry.blocks, blocks)) {
    const receiver = new Receiver(ELSEWHERE);
    receiver.define(JSON.parse(text), blocks);
    entry = { blocks, receiver };
  }
  known.set(text, entry);
  if (known.size > MOST) known.delete(known.keys().next().value as string);
  const { failure } = entry.receiver;
  if (failure !== null) throw failure;
  return entry.receiver;
}

const isSame = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((block, i) => Buffer.compare(block, b[i] as Uint8Array) === 0);

/** What items brought, as long as somebody here holds it. */
const arrived = new Map<string, WeakRef<object>>();
const gone = new FinalizationRegistry<string>((name) => {
  if (arrived.get(name)?.deref() === undefined) arrived.delete(name);
});

const nameOf = ({ heap: name, uid }: Origin): string => `${name} ${uid}`;

const ELSEWHERE: Elsewhere = {
  find(origin) {
    const parent = parentMirror();
    const own =
      origin.heap === HEAP
        ? heap().thingOf(origin.uid)
        : origin.heap === parent?.heap
          ? parent.held(origin.uid)
          : undefined;
    return own ?? arrived.get(nameOf(origin))?.deref();
  },
  symbol(origin) {
    return origin.heap === HEAP ? heap().symbolOf(origin.uid) : undefined;
  },
  keep(origin, thing) {
    const name = nameOf(origin);
    arrived.set(name, new WeakRef(thing));
    gone.register(thing, name);
  },
};
