/**
 * Whose a thing is. What a process tells others of has a uid in its own heap; with the name of that heap, all of a
 * family mean the same by it. So a class that goes from one process to another, and from there to a third, is still
 * known where it comes from, and wherever it was before.
 */

/** The heap of this thread: see graph/heap.ts. Uids are unique within one. */
export const HEAP = [process.pid, process.hrtime.bigint(), Math.floor(Math.random() * 2 ** 32)]
  .map((part) => part.toString(36))
  .join('.');

/** A thing in the heap that it comes from. */
export interface Origin {
  readonly heap: string;
  readonly uid: number;
}

const things = new WeakMap<object, Origin>();
const symbols = new Map<symbol, Origin>();
const symbolsByName = new Map<string, symbol>();

/** Remembers where a thing that was made here comes from. */
export function noteOrigin(thing: object, origin: Origin): void {
  things.set(thing, origin);
}

/** `undefined` for what was born here. */
export const originOf = (thing: object): Origin | undefined => things.get(thing);
export const originOfSymbol = (symbol: symbol): Origin | undefined => symbols.get(symbol);

/** What the symbol of another process is here: one for each, and always the same. */
export function symbolFrom({ heap, uid }: Origin, description: string | null): symbol {
  const name = `${heap} ${uid}`;
  let symbol = symbolsByName.get(name);
  if (symbol === undefined) {
    symbol = Symbol(description ?? undefined);
    symbolsByName.set(name, symbol);
    symbols.set(symbol, { heap, uid });
  }
  return symbol;
}

/** What a worker has of its parent's heap. */
export interface Mirror {
  readonly heap: string;
  /** The thing of this uid, if the parent has told of it. */
  held(uid: number): object | undefined;
}

let parent: Mirror | null = null;

/** Where this worker's functions come from. */
export function mirrorParent(mirror: Mirror): void {
  parent = mirror;
}

export const parentMirror = (): Mirror | null => parent;

/** The uid of what comes from the parent's heap, by whatever way. */
export function parentUid(origin: Origin | undefined): number | undefined {
  return origin !== undefined && origin.heap === parent?.heap ? origin.uid : undefined;
}
