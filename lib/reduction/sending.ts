import { messageOf } from './graph/borders';
import { entityOf } from './graph/heap';
import { encodeRoot } from './graph/roots';
import './graph/visitors';
import { Walk } from './graph/walk';
import { copying, moving, type Passage } from './passage';
import type { Encoded, EncodedFunction } from './types';
import { encodePlain, encodePlainList } from './values';

export { Peer } from './graph/needs';

/**
 * Encodes a value as it is now; functions and classes in it travel by value.
 *
 * @param sharesMemory - it is for threads of this process.
 * @throws PicklingError with the way to what cannot be sent, and what to do instead.
 */
export function encode(value: unknown, sharesMemory = false): Encoded {
  return encodeBy(copying(sharesMemory), value);
}

/** As {@link encode}, on a passage of one's own. */
export function encodeBy(passage: Passage, value: unknown): Encoded {
  return plain(encodePlain, value, passage) ?? encodeGraph(value, passage);
}

/** As {@link encode}, for a list that the pool made itself. */
export function encodeList(list: readonly unknown[], sharesMemory = false): Encoded {
  const passage = copying(sharesMemory);
  return plain(encodePlainList, list, passage) ?? encodeGraph(list, passage);
}

/** As {@link encodeList}, for the arguments of one call: what `transfer` has marked is moved, and gone here. */
export function encodeArguments(list: readonly unknown[], sharesMemory: boolean): Encoded {
  const passage = moving(sharesMemory);
  return encodePlainList(list, passage) ?? encodeGraph(list, passage);
}

/** The fast path goes as deep as the stack; the graph codec goes deeper. */
function plain<T>(
  encodeAs: (value: T, passage: Passage) => Encoded | null,
  value: T,
  passage: Passage,
): Encoded | null {
  try {
    return encodeAs(value, passage);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function encodeGraph(value: unknown, passage: Passage): Encoded {
  const walk = new Walk(passage.shares);
  const graph = messageOf(walk, passage);
  const root = graph.form(value, null);
  graph.run();
  walk.run();
  // What a function in the message holds too must be the same object there.
  graph.replace((thing) => {
    const entity = entityOf(thing);
    return entity !== undefined && walk.entities.has(entity) ? entity.uid : null;
  });
  return graph.encoded(root, walk.entities.size > 0 ? walk.needs() : null);
}

/**
 * Encodes a function as the root of calls, with everything that it stands on as
 * it is now. Gives back the same object for as long as nothing has changed.
 *
 * @param sharesMemory - it is for threads of this process: what it captures of shared memory is shared with them.
 * @throws PicklingError
 */
export function encodeFunction(f: Function, sharesMemory = false): EncodedFunction {
  return encodeRoot(f, sharesMemory);
}
