import { localGraphOf } from './graph/borders';
import { entityOf } from './graph/heap';
import { encodeRoot } from './graph/roots';
import './graph/visitors';
import { Walk } from './graph/walk';
import { Codec, type Encoded, type EncodedFunction } from './types';
import { encodePlain, encodePlainList } from './values';

export { Peer } from './graph/needs';

/**
 * Encodes a value as it is now; functions and classes in it travel by value.
 * @throws PicklingError with the way to what cannot be sent, and what to do instead.
 */
export function encode(value: unknown): Encoded {
  return plain(encodePlain, value) ?? encodeGraph(value);
}

/** As {@link encode}, for a list that the pool made itself. */
export function encodeList(list: readonly unknown[]): Encoded {
  return plain(encodePlainList, list) ?? encodeGraph(list);
}

/** The fast path goes as deep as the stack; the graph codec goes deeper. */
function plain<T>(encodeAs: (value: T) => Encoded | null, value: T): Encoded | null {
  try {
    return encodeAs(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function encodeGraph(value: unknown): Encoded {
  const walk = new Walk();
  const graph = localGraphOf(walk);
  const root = graph.form(value, null);
  graph.run();
  walk.run();
  // What a function in the message holds too must be the same object there.
  graph.replace((thing) => {
    const entity = entityOf(thing);
    return entity !== undefined && walk.entities.has(entity) ? entity.uid : null;
  });
  const needs = walk.entities.size > 0 ? walk.needs() : null;
  return { codec: Codec.Graph, text: graph.text(root), blocks: graph.blocks, needs };
}

/**
 * Encodes a function as the root of calls, with everything that it stands on as
 * it is now. Gives back the same object for as long as nothing has changed.
 * @throws PicklingError
 */
export function encodeFunction(f: Function): EncodedFunction {
  return encodeRoot(f);
}
