import { sharedBlock } from '../blocks';
import { HEAP, originOf, type Origin } from '../origins';
import type { Definitions, Needs } from '../types';
import { onRelease, sameContent, thingOf, type Cell, type Entity, type Version } from './heap';

let nextId = 1;

/** What a value stands on: definitions, and the version of each cell at the time of encoding. */
export class NeedsList implements Needs {
  readonly id = nextId++;
  readonly entities: readonly Entity[];
  readonly cells: readonly Cell[];
  readonly versions: readonly Version[];

  constructor(entities: Iterable<Entity>, versions: ReadonlyMap<Cell, Version>) {
    this.entities = [...entities];
    this.cells = [...versions.keys()];
    this.versions = [...versions.values()];
  }
}

/** Releases alone are worth a message from here on. */
const MANY_RELEASES = 256;

/**
 * What one worker holds: never more than was packed for it, in the order packed.
 * A cell is sent only if the worker was last told another version of it, so that
 * what a worker wrote itself stays until this process changes its own value.
 */
export class Peer {
  /** By uid, so that a release forgets the cells with their owner. */
  readonly #held = new Map<number, Map<Cell, Version>>([[0, new Map()]]);
  /** Needs that nothing packed since has touched. */
  readonly #satisfied = new Set<number>();
  #last = 0;
  #released: number[] = [];
  #named = false;

  constructor() {
    onRelease(this);
  }

  /** The entity is gone in this process: the worker may forget it with the next message. */
  forget(uid: number): void {
    if (!this.#held.delete(uid)) return;
    this.#released.push(uid);
    this.#satisfied.clear();
    this.#last = 0;
  }

  /** What this worker lacks of `needs`, marked as held from now on; `null`: nothing. */
  pack(needs: Needs): Definitions | null {
    if (needs.id === this.#last && this.#released.length < MANY_RELEASES) return null;
    this.#last = needs.id;
    if (this.#satisfied.has(needs.id) && this.#released.length < MANY_RELEASES) return null;
    return this.#pack(needs as NeedsList);
  }

  #pack(needs: NeedsList): Definitions | null {
    const definitions: string[] = [];
    const memories: number[] = [];
    const blocks: Uint8Array[] = [];
    for (const { uid, definition, memory } of needs.entities) {
      if (this.#held.has(uid)) continue;
      this.#held.set(uid, new Map());
      if (memory === undefined) definitions.push(definition);
      else {
        memories.push(uid);
        blocks.push(sharedBlock(memory));
      }
    }
    const cells: string[] = [];
    let replaced = false;
    for (let i = 0; i < needs.cells.length; i++) {
      const cell = needs.cells[i] as Cell;
      const version = needs.versions[i] as Version;
      // An owner is always among the entities, so it is held by now.
      const owned = this.#held.get(cell.owner) as Map<Cell, Version>;
      const held = owned.get(cell);
      if (held !== undefined && sameContent(held, version)) continue;
      if (held !== undefined) replaced = true;
      owned.set(cell, version);
      cells.push(`${cell.head},${blocks.length},${version.text}]`);
      blocks.push(...version.blocks);
    }
    if (replaced) this.#satisfied.clear();
    this.#satisfied.add(needs.id);
    if (definitions.length + memories.length + cells.length + this.#released.length === 0) return null;
    const shared = memories.length === 0 ? '' : `,"m":[${memories.join()}]`;
    const name = this.#named ? '' : `,"s":"${HEAP}"`;
    const text = `{"r":[${this.#released.join()}],"d":[${definitions.join()}],"c":[${cells.join()}]${shared}${name}}`;
    this.#named = true;
    this.#released = [];
    return { text, blocks };
  }
}

/** All of `needs`, for somebody who may know nothing, and where of it comes what this process has from others. */
export function packWhole(needs: Needs | null): Definitions {
  const { entities, cells, versions } = (needs ?? NOTHING) as NeedsList;
  const blocks: Uint8Array[] = [];
  const origins: (readonly [number, string, number])[] = [];
  for (const { uid } of entities) {
    const thing = thingOf(uid);
    const origin: Origin | undefined = thing === undefined ? undefined : originOf(thing);
    if (origin !== undefined) origins.push([uid, origin.heap, origin.uid]);
  }
  const records = cells.map((cell, i) => {
    const version = versions[i] as Version;
    const base = blocks.length;
    blocks.push(...version.blocks);
    return `${cell.head},${base},${version.text}]`;
  });
  const definitions = entities.map(({ definition }) => definition);
  const from = origins.length === 0 ? '' : `,"o":${JSON.stringify(origins)}`;
  const text = `{"r":[],"d":[${definitions.join()}],"c":[${records.join()}],"s":"${HEAP}"${from}}`;
  return { text, blocks };
}

const NOTHING = new NeedsList([], new Map());
