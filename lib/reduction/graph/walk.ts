import { types } from 'node:util';
import { serialize } from 'node:v8';
import { inspect } from '../functions/inspector';
import { expectNewModules } from '../functions/exports';
import type { ScopeRecord } from '../functions/scope_record';
import type { ScopeReadings } from '../functions/scopes';
import { contentOf, type Sink } from './content';
import { CellKind, primitive, Tag, type Form } from './forms';
import { cellOf, entityOf, versionOf, type Cell, type Entity, type Version } from './heap';
import { blockGuard, contentGuard, type Guard } from './guards';
import { NeedsList } from './needs';
import { symbolForm } from './symbols';
import { plainSize } from './kinds';
import { step, type Trail } from './trail';

export interface VariableRead {
  readonly scope: ScopeRecord;
  readonly name: string;
  readonly value: unknown;
}

export interface GlobalRead {
  readonly f: Function;
  readonly name: string;
  readonly isScriptVariable: boolean;
  readonly value: unknown;
}

/** How things of each kind are visited; they in turn go on with the walk. */
export interface Visitors {
  /** The reference that a thing travels as; `null`: it goes by value. */
  readonly reference: (thing: object) => Form | null;
  readonly function: (walk: Walk, f: Function, trail: Trail | null, home: object | null) => Form;
  readonly object: (walk: Walk, object: object, trail: Trail | null) => Form;
  /** What is no function, and still no part of a message: prototypes, exports; `null` for the rest. */
  readonly outside: (walk: Walk, object: object, trail: Trail | null) => Form | null;
}

let visitors: Visitors;

/** Set once, by visitors.ts. */
export function useVisitors(all: Visitors): void {
  visitors = all;
}

/** Plain data of more objects than this goes as one block. */
const BLOCK_SIZE = 64;

/**
 * One run over everything that some value stands on: it collects the entities
 * and the version of each cell as they are at this moment, and guards that tell
 * later, for a fraction of the cost, whether a new run would find the same.
 */
export class Walk {
  readonly entities = new Set<Entity>();
  readonly versions = new Map<Cell, Version>();
  readonly guards: Guard[] = [];
  readonly readings: ScopeReadings = new Map();
  /** Weak collections: of their entries, those travel whose key does. */
  readonly weak: { readonly value: object; readonly entity: Entity }[] = [];
  readonly reads: VariableRead[] = [];
  readonly globalReads: GlobalRead[] = [];
  /** Is it for threads of this process? Then shared memory is shared with them. */
  readonly sharesMemory: boolean;
  readonly #work: (() => void)[] = [];

  constructor(sharesMemory: boolean) {
    this.sharesMemory = sharesMemory;
    expectNewModules();
  }

  /** The form of a value that lives in the heap; what it stands on is looked at later, by {@link run}. */
  form(value: unknown, trail: Trail | null, home: object | null = null): Form {
    const simple = primitive(value);
    if (simple !== undefined) return simple;
    if (typeof value === 'symbol') return symbolForm(value);
    const thing = value as object;
    const known = entityOf(thing);
    if (known !== undefined && this.entities.has(known)) return [Tag.Entity, known.uid];
    const reference = visitors.reference(thing);
    if (reference !== null) return reference;
    return typeof thing === 'function'
      ? visitors.function(this, thing, trail, home)
      : visitors.object(this, thing, trail);
  }

  /** The form of what no message copies: functions, their prototypes, references, exports. */
  formOutside(thing: object, trail: Trail | null, home: object | null): Form | null {
    if (typeof thing === 'function') return this.form(thing, trail, home);
    return visitors.reference(thing) ?? visitors.outside(this, thing, trail);
  }

  /** Looks at it after what is being looked at now: graphs may be deeper than the stack. */
  later(work: () => void): void {
    this.#work.push(work);
  }

  /** @throws PicklingError */
  run(): void {
    do {
      for (let work = this.#work.pop(); work !== undefined; work = this.#work.pop()) work();
    } while (this.#addWeakEntries());
  }

  /** Adds the entries of weak collections whose key is sent by now; false if there are no new ones. */
  #addWeakEntries(): boolean {
    const before = this.entities.size;
    // Who is in a weak collection can only be inspected.
    if (this.weak.length > 0) this.guards.push(() => false);
    for (const { value, entity } of this.weak) {
      const body: Form[] = [];
      for (const { key, item } of weakEntries(value)) {
        const known = entityOf(key);
        if (known === undefined || !this.entities.has(known)) continue;
        const keyForm = this.form(key, null);
        body.push(types.isWeakSet(value) ? keyForm : [keyForm, this.form(item, step(null, '<weak value>'))]);
      }
      this.set(entity, CellKind.Content, '', [body, 0, 0, 0, 0]);
    }
    return this.entities.size > before;
  }

  set(owner: Entity, kind: string, name: Form, form: Form, blocks: readonly Uint8Array[] = []): void {
    const cell = cellOf(owner, kind, name);
    this.versions.set(cell, versionOf(cell, form, blocks));
  }

  has(owner: Entity, kind: string, name: Form): boolean {
    return this.versions.has(cellOf(owner, kind, name));
  }

  /** Reads the content of an object into its cell. */
  setContent(value: object, entity: Entity, trail: Trail | null): void {
    const size = plainSize(value, (part) => entityOf(part) !== undefined);
    const bytes = size !== null && size > BLOCK_SIZE ? serialized(value) : null;
    if (bytes !== null) {
      this.set(entity, CellKind.Content, '', ['@', 0], [bytes]);
      this.guards.push(blockGuard(value, bytes));
      return;
    }
    this.guards.push(contentGuard(value));
    this.set(entity, CellKind.Content, '', contentOf(value, this.sink(trail, value)));
  }

  /** `home`: the object whose parts these are, which is where their `super` looks. */
  sink(trail: Trail | null, home: object): Sink {
    return { form: (part, label) => this.form(part, step(trail, label), home) };
  }

  /**
   * Does `attempt` on a run of its own, which becomes part of this one only if
   * nothing in it is refused; gives back the refusal.
   */
  attempt(attempt: (walk: Walk) => void): Error | null {
    const trial = new Walk(this.sharesMemory);
    for (const entity of this.entities) trial.entities.add(entity);
    for (const [cell, version] of this.versions) trial.versions.set(cell, version);
    for (const [record, values] of this.readings) trial.readings.set(record, values);
    try {
      attempt(trial);
      trial.run();
    } catch (error) {
      return error as Error;
    }
    for (const entity of trial.entities) this.entities.add(entity);
    for (const [cell, version] of trial.versions) this.versions.set(cell, version);
    for (const [record, values] of trial.readings) this.readings.set(record, values);
    this.guards.push(...trial.guards);
    this.weak.push(...trial.weak);
    this.reads.push(...trial.reads);
    this.globalReads.push(...trial.globalReads);
    return null;
  }

  needs(): NeedsList {
    return new NeedsList(this.entities, this.versions);
  }
}

function weakEntries(collection: object): { key: object; item: unknown }[] {
  const entries = (inspect(collection).internal.Entries ?? []) as Record<
    number,
    { key?: object; value: unknown }
  >;
  const found: { key: object; item: unknown }[] = [];
  for (let i = 0; entries[i] !== undefined; i++) {
    const { key, value } = entries[i] as { key?: object; value: unknown };
    found.push({ key: key ?? (value as object), item: value });
  }
  return found;
}

/** `null` for what is nested deeper than the stack. */
function serialized(value: object): Uint8Array | null {
  try {
    return serialize(value);
  } catch {
    return null;
  }
}
