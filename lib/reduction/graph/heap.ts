import type { Form } from './forms';

/**
 * What this process has told others about: every scope, function and object
 * that some sent function reaches is an entity with a uid; what can change
 * about it is a cell, whose value at one moment is a version. Entities and
 * cells belong to the process, so all pools share them; what one worker
 * already holds is known to its Peer alone.
 */
export interface Entity {
  readonly uid: number;
  /** The definition as JSON; set once, before the entity is part of any Needs. */
  definition: string;
  readonly cells: Map<string, Cell>;
  /** What must live as long as this is needed. */
  keeper?: object;
  /** What it is, if it is shared memory: that has no definition, and no cells. */
  memory?: SharedArrayBuffer;
}

export interface Cell {
  readonly owner: number;
  /** The start of its record in a message: kind, uid and name as JSON. */
  readonly head: string;
  current: Version | null;
}

export interface Version {
  readonly text: string;
  readonly blocks: readonly Uint8Array[];
}

let nextUid = 1;
const uids = new WeakMap<object, Entity>();
const values = new Map<number, WeakRef<object>>();

/** Who wants to know that an entity is gone. */
type Mourner = (uid: number) => void;
const mourners = new Set<WeakRef<{ forget: Mourner }>>();

const graves = new FinalizationRegistry<number>((uid) => {
  values.delete(uid);
  for (const reference of mourners) {
    const mourner = reference.deref();
    if (mourner === undefined) mourners.delete(reference);
    else mourner.forget(uid);
  }
});

/** Tells `mourner`, as long as it lives, about every entity that is no more. */
export function onRelease(mourner: { forget: Mourner }): void {
  mourners.add(new WeakRef(mourner));
}

/** A new entity for a thing that has none; when the thing is collected, workers may forget it. */
export function newEntity(thing: object): Entity {
  const entity = otherEntity(thing);
  uids.set(thing, entity);
  return entity;
}

/** An entity beside the one that a thing has: its maker remembers it. */
export function otherEntity(thing: object): Entity {
  const entity: Entity = { uid: nextUid++, definition: '', cells: new Map() };
  values.set(entity.uid, new WeakRef(thing));
  graves.register(thing, entity.uid);
  return entity;
}

export const entityOf = (thing: object): Entity | undefined => uids.get(thing);

/** The parent's own object behind a uid; `undefined` if it was collected. */
export const thingOf = (uid: number): object | undefined => values.get(uid)?.deref();

/** The user's globals: one entity that every process holds from its start. */
export const globals: Entity = { uid: 0, definition: '', cells: new Map() };

/** The cell of an entity; `name` is a form, for properties may be symbols. */
export function cellOf(owner: Entity, kind: string, name: Form): Cell {
  const key = typeof name === 'string' ? kind + name : kind + JSON.stringify(name);
  let cell = owner.cells.get(key);
  if (cell === undefined) {
    cell = {
      owner: owner.uid,
      head: `[${JSON.stringify(kind)},${owner.uid},${JSON.stringify(name)}`,
      current: null,
    };
    owner.cells.set(key, cell);
  }
  return cell;
}

/** The version of a cell that has this content: the current one if nothing changed. */
export function versionOf(cell: Cell, form: Form, blocks: readonly Uint8Array[]): Version {
  const text = JSON.stringify(form);
  const { current } = cell;
  if (current !== null && sameContent(current, { text, blocks })) return current;
  return (cell.current = { text, blocks });
}

export function sameContent(a: Version, b: Version): boolean {
  if (a === b) return true;
  if (a.text !== b.text || a.blocks.length !== b.blocks.length) return false;
  return a.blocks.every((block, i) => Buffer.compare(block, b.blocks[i] as Uint8Array) === 0);
}

/** Symbols that exist once: no WeakMap may hold them in Node 20, so they stay. */
const symbols = new Map<symbol, number>();
const symbolsByUid = new Map<number, symbol>();

export function symbolUid(symbol: symbol): number {
  let uid = symbols.get(symbol);
  if (uid === undefined) {
    uid = nextUid++;
    symbols.set(symbol, uid);
    symbolsByUid.set(uid, symbol);
  }
  return uid;
}

export const symbolOf = (uid: number): symbol | undefined => symbolsByUid.get(uid);
