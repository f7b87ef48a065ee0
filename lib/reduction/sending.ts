import { PicklingError } from '../errors';
import type { Definitions, Encoded, EncodedFunction, Needs } from './types';
import { encodePlain } from './values';
const ids = new WeakMap<object, EncodedFunction>();
let n = 0;
export function encode(v: unknown): Encoded {
  const e = encodePlain(v);
  if (e === null) throw new PicklingError('no');
  return e;
}
export function encodeFunction(f: (...a: never[]) => unknown): EncodedFunction {
  let e = ids.get(f);
  if (!e) ids.set(f, (e = { id: n++, needs: { id: n, text: String(f) } as Needs }));
  return e;
}
export class Peer {
  #has = new Set<number>();
  pack(needs: Needs): Definitions | null {
    if (this.#has.has(needs.id)) return null;
    this.#has.add(needs.id);
    return { text: JSON.stringify([[needs.id - 1, (needs as unknown as { text: string }).text]]), blocks: [] };
  }
}
