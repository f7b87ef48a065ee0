import { Define } from '../graph/forms';
import { newEntity, type Entity } from '../graph/heap';
import type { ScopeView } from './inspector';
import { makeEvaluator, type Evaluator } from './live';
import { assignedNames } from './script_facts';
import type { Script } from './scripts';

/**
 * One scope of this process: the variables of a module, of one activation of a
 * function, or of a block. V8 shows a fresh copy of a scope each time, so which
 * copies are of one scope must be found out: see scopes.ts.
 */
export class ScopeRecord {
  readonly entity: Entity;
  readonly parent: ScopeRecord | null;
  readonly names: readonly string[];
  readonly kind: string;
  readonly script: Script;
  /** Its place in the chain, outermost 0. */
  readonly depth: number;
  readonly children: ScopeIndex = new Map();
  /** Where functions right in this scope stand in the source, and the last one of each place. */
  readonly members = new Map<string, WeakRef<Function>>();
  /** Variables that functions which were sent assign. */
  readonly written = new Set<string>();
  /** Values that will not change any more: of what nothing assigns. Objects are held weakly. */
  readonly #constants = new Map<string, unknown>();
  /** The values when it was last read. */
  readonly #last = new Map<string, unknown>();
  readonly #readers = new Map<string, (() => unknown) | null>();
  #witnesses: Witness[] = [];
  #evaluator: Evaluator | null = null;
  #triesLeft = 2;

  constructor(parent: ScopeRecord | null, view: ScopeView, script: Script) {
    this.parent = parent;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.names = Object.keys(view.values);
    this.kind = view.kind;
    this.script = script;
    this.entity = newEntity(this);
    // As long as a call stands on it, it is the mirror of its scope.
    this.entity.keeper = this;
    this.entity.definition = JSON.stringify([
      Define.Scope,
      this.entity.uid,
      parent === null ? 0 : parent.entity.uid,
      this.names,
      view.kind === 'Module' ? moduleKey(script) : null,
    ]);
  }

  get isRoot(): boolean {
    return this.parent === null;
  }

  /** A living function that sees it. */
  get witness(): Function | null {
    for (const { reference } of this.#witnesses) {
      const f = reference.deref();
      if (f !== undefined) return f;
    }
    return null;
  }

  /** `hidden`: names that scopes between it and `f` have too. */
  addWitness(f: Function, hidden: ReadonlySet<string>): void {
    this.#witnesses = this.#witnesses.filter(({ reference }) => reference.deref() !== undefined);
    if (this.#witnesses.length < WITNESSES) this.#witnesses.push({ reference: new WeakRef(f), hidden });
  }

  saw(values: Readonly<Record<string, unknown>>): void {
    for (const name of this.names) this.#last.set(name, hold(values[name]));
  }

  lastKnown(name: string): unknown {
    return held(this.#last.get(name));
  }

  isConstant(name: string): boolean {
    return this.#constants.has(name);
  }

  constant(name: string): unknown {
    return held(this.#constants.get(name));
  }

  /** Notes the value of a variable that nothing in its script assigns; before its declaration it is `undefined`. */
  settle(name: string, value: unknown): void {
    if (value !== undefined && !assignedNames(this.script).has(name)) this.#constants.set(name, hold(value));
  }

  /** Compiles code inside this very scope; `null` where that cannot be had. Costs 5 ms the first time. */
  evaluator(): Evaluator | null {
    if (this.#evaluator === null && this.#triesLeft > 0) {
      this.#triesLeft--;
      const living = this.#witnesses.flatMap(({ reference, hidden }) => {
        const f = reference.deref();
        return f === undefined ? [] : [{ f, hidden }];
      });
      this.#evaluator = makeEvaluator(living, this.names);
    }
    return this.#evaluator;
  }

  /** Reads one variable, live; `null` where that cannot be had. */
  reader(name: string): (() => unknown) | null {
    let reader = this.#readers.get(name);
    if (reader === undefined) {
      const evaluator = this.evaluator();
      reader = evaluator === null || evaluator.hides(name) ? null : compileReader(evaluator, name);
      this.#readers.set(name, reader);
    }
    return reader;
  }

  /** As {@link reader}, if that has been made already. */
  knownReader(name: string): (() => unknown) | null {
    return this.#evaluator === null ? null : this.reader(name);
  }
}

interface Witness {
  readonly reference: WeakRef<Function>;
  readonly hidden: ReadonlySet<string>;
}

/** Before its declaration a variable is `undefined`, as the inspector shows it. */
const compileReader = (evaluator: Evaluator, name: string): (() => unknown) =>
  evaluator.compile(`()=>{try{return ${name}}catch{}}`) as () => unknown;

/** How both sides name an ES module: a url may have been loaded more than once. */
export const moduleKey = (script: Script): string => `${script.id} ${script.url}`;

/** Functions remembered as a way to read a scope. */
const WITNESSES = 8;

const hold = (value: unknown): unknown =>
  (typeof value === 'object' && value !== null) || typeof value === 'function' ? new WeakRef(value) : value;
const held = (value: unknown): unknown => (value instanceof WeakRef ? (value.deref() as unknown) : value);

export type ScopeIndex = Map<string, WeakRef<ScopeRecord>[]>;
