import { UnpicklingError } from '../errors';
import { sharedMemory } from './blocks';
import { compile, RebuiltScope, type FunctionDefinition } from './functions/rebuild';
import { decodeGraph, Decoder, define, isTagged, poison, type Source } from './graph/decode';
import { CellKind, Define, Make, Tag, type Form } from './graph/forms';
import { Members } from './members';
import { mirrorParent, noteOrigin, symbolFrom, type Origin } from './origins';
import { Codec, type CodecId } from './types';
import { decodePlain } from './values';

type List = readonly Form[];
type CellRecord = readonly [kind: string, uid: number, name: Form, base: number, form: Form];

interface Message {
  readonly r: readonly number[];
  readonly d: readonly (readonly [kind: string, uid: number, ...rest: Form[]])[];
  readonly c: readonly CellRecord[];
  /** Shared memory, by uid: the first blocks, in their order. */
  readonly m?: readonly number[];
  /** The name of the sender's heap, once. */
  readonly s?: string;
  /** What the sender has from others: uid, and where it comes from. */
  readonly o?: readonly (readonly [uid: number, heap: string, uidThere: number])[];
}

/** What this process has already of what others send, for messages from anybody: see items.ts. */
export interface Elsewhere {
  find(origin: Origin): object | undefined;
  symbol(origin: Origin): symbol | undefined;
  keep(origin: Origin, thing: object): void;
}

/** The mirror of what one process sent: each scope, function and object exists once. */
export class Receiver {
  readonly #scopes = new Map<number, RebuiltScope>();
  readonly #things = new Map<number, object>();
  /** The scopes of ES modules, by their keys. */
  readonly #modules = new Map<string, RebuiltScope>();
  /** Defined and not yet asked for. */
  readonly #pending = new Map<number, readonly [kind: string, uid: number, ...rest: Form[]]>();
  /** The scope of each function, the parent of each scope. */
  readonly #scopeOf = new Map<number, number>();
  readonly #parents = new Map<number, number>();
  readonly #members = new Members();
  readonly #decoder = new Decoder({
    thing: (uid) => this.#thing(uid),
    symbol: (uid, description, heap) => this.#symbol({ heap: heap ?? this.#heap, uid }, description),
  });
  /** `null`: it is a worker's, for what its parent sends. */
  readonly #elsewhere: Elsewhere | null;
  #heap = '';
  readonly #origins = new Map<number, Origin>();
  /** What was known in this process before. */
  readonly #foreign = new Set<number>();
  #root: RebuiltScope | null = null;
  /** While definitions are applied; then nothing of the user's is run that may stand on what is still to come. */
  #isDefining = false;
  #postponed: CellRecord[] = [];
  /** Variables that could not be set, by scope: functions of that scope fail, others do not. */
  readonly #broken = new Map<number, Map<string, unknown>>();
  /** What else went wrong since the last call. */
  #failure: unknown = null;

  constructor(elsewhere: Elsewhere | null = null) {
    this.#elsewhere = elsewhere;
  }

  /**
   * Applies one message of definitions. Never throws: what cannot be done here fails the calls that
   * need it.
   */
  define(json: unknown, blocks: readonly Uint8Array[]): void {
    const { r, d, c, m = [], s, o = [] } = json as Message;
    if (s !== undefined) this.#name(s);
    for (const [uid, heap, there] of o) this.#origins.set(uid, { heap, uid: there });
    for (const uid of r) this.#release(uid);
    m.forEach((uid, i) => this.#things.set(uid, sharedMemory(blocks[i])));
    for (const definition of d) {
      const [kind, uid, parent, names, module] = definition as readonly [
        string,
        number,
        number,
        string[],
        string | null,
      ];
      if (kind === Define.Scope) {
        this.#parents.set(uid, parent);
        const scope = new RebuiltScope(parent === 0 ? null : this.#scope(parent), names);
        this.#scopes.set(uid, scope);
        if (module !== null) this.#modules.set(module, scope);
        continue;
      }
      if (kind === Define.Source) {
        const { addSource } = require('./graph/resolve') as typeof import('./graph/resolve');
        addSource(definition[2] as string, definition[3] as string);
        continue;
      }
      if (this.#isHere(uid)) continue;
      this.#pending.set(uid, definition);
      if (kind === Define.Function)
        this.#scopeOf.set(uid, (definition[2] as unknown as FunctionDefinition).scope);
    }
    // What a class's own initialisers might read comes first: plain variables, then objects.
    this.#isDefining = true;
    this.#postponed = [];
    for (const rank of [0, 1, 2])
      for (const cell of c) if (rankOf(cell) === rank) this.#tryToApply(cell, blocks);
    this.#isDefining = false;
    for (const cell of this.#postponed) this.#tryToApply(cell, blocks);
  }

  /** The inverse of `encode`. @throws UnpicklingError */
  decode(codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): unknown {
    return codec === Codec.Graph
      ? decodeGraph(this.#decoder, json, blocks)
      : decodePlain(codec, json, blocks);
  }

  /** The function that a call names. @throws UnpicklingError if it was never defined here. */
  function(id: number): (...args: unknown[]) => unknown {
    if (this.#failure !== null || this.#broken.size > 0) this.#throwFailure(id);
    return this.#thing(id) as (...args: unknown[]) => unknown;
  }

  /** Whatever could not be done: for messages that are not calls. `null`: nothing. */
  get failure(): unknown {
    if (this.#failure !== null) return this.#failure;
    for (const broken of this.#broken.values()) for (const error of broken.values()) return error;
    return null;
  }

  #name(heap: string): void {
    this.#heap = heap;
    if (this.#elsewhere !== null) return;
    const held = (uid: number): object | undefined =>
      this.#things.has(uid) || this.#pending.has(uid) ? this.#thing(uid) : undefined;
    mirrorParent({ heap, held });
  }

  #throwFailure(id: number): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
    for (let uid = this.#scopeOf.get(id) ?? 0; uid !== 0; uid = this.#parents.get(uid) ?? 0) {
      for (const error of this.#broken.get(uid)?.values() ?? []) throw error;
    }
  }

  #tryToApply(cell: CellRecord, blocks: readonly Uint8Array[]): void {
    const [kind, uid, name] = cell;
    if (this.#foreign.has(uid) && kind !== CellKind.Variable) return;
    try {
      this.#apply(cell, blocks);
      if (kind === CellKind.Variable) this.#mend(uid, name as string);
    } catch (error) {
      if (error === TOO_EARLY) this.#postponed.push(cell);
      else if (kind !== CellKind.Variable) this.#failure ??= error;
      else {
        const broken = this.#broken.get(uid) ?? new Map<string, unknown>();
        this.#broken.set(uid, broken.set(name as string, error));
      }
    }
  }

  #mend(uid: number, name: string): void {
    const broken = this.#broken.get(uid);
    if (broken?.delete(name) === true && broken.size === 0) this.#broken.delete(uid);
  }

  #release(uid: number): void {
    this.#things.delete(uid);
    this.#scopes.delete(uid);
    this.#scopeOf.delete(uid);
    this.#parents.delete(uid);
    this.#broken.delete(uid);
    this.#pending.delete(uid);
  }

  #scope(uid: number): RebuiltScope {
    const scope = uid === 0 ? (this.#root ??= new RebuiltScope(null, [])) : this.#scopes.get(uid);
    if (scope === undefined) throw new UnpicklingError(`scope ${uid} was not sent to this worker`);
    return scope;
  }

  #thing(uid: number): object {
    const known = this.#things.get(uid);
    if (known !== undefined) return known;
    const definition = this.#pending.get(uid);
    if (definition === undefined)
      throw new UnpicklingError(`function or object ${uid} was not sent to this worker`);
    const [kind, , form] = definition;
    if (this.#isDefining && kind === Define.Object && (form as List)[0] === Make.Rebuilt) throw TOO_EARLY;
    const made = this.#create(kind, form as Form);
    this.#pending.delete(uid);
    this.#things.set(uid, made);
    const origin = this.#originOf(uid);
    noteOrigin(made, origin);
    this.#elsewhere?.keep(origin, made);
    return made;
  }

  #originOf(uid: number): Origin {
    return this.#origins.get(uid) ?? { heap: this.#heap, uid };
  }

  /** Is it known in this process, from elsewhere? Then it stays as it is. */
  #isHere(uid: number): boolean {
    const found = this.#elsewhere?.find(this.#originOf(uid));
    if (found === undefined) return false;
    this.#things.set(uid, found);
    this.#foreign.add(uid);
    return true;
  }

  #create(kind: string, form: Form): object {
    if (kind === Define.Function) return this.#compile(form as unknown as FunctionDefinition);
    if (kind === Define.Reference) return this.#decoder.value(form, NO_SOURCE) as object;
    return this.#decoder.make(form as List, NO_SOURCE);
  }

  #compile(definition: FunctionDefinition): Function {
    const anchors: Record<string, unknown> = {};
    for (const key of ['proto', 'self', 'args', 'home'] as const) {
      const form = definition[key];
      if (form !== undefined) anchors[key] = this.#decoder.value(form, NO_SOURCE);
    }
    if (definition.live !== undefined)
      anchors.live = this.#liveNames(definition.live, this.#scope(definition.scope));
    return compile(definition, this.#scope(definition.scope), anchors);
  }

  /** Imported names that are read from the exporter's scope at each use, or if that is not here, from the importer's. */
  #liveNames(live: NonNullable<FunctionDefinition['live']>, own: RebuiltScope): object {
    const names = {};
    for (const [name, module, variable] of live) {
      Object.defineProperty(names, name, {
        get: this.#live(module, variable, () => own.sloppy(name)),
        enumerable: true,
      });
    }
    return names;
  }

  #live(module: string, variable: string, otherwise: () => unknown): () => unknown {
    let read: (() => unknown) | null = null;
    return () => {
      if (read === null) {
        const scope = this.#modules.get(module);
        if (scope?.given.has(variable) !== true) return otherwise();
        read = scope.sloppy(`(()=>${variable})`) as () => unknown;
      }
      return read();
    };
  }

  #symbol(origin: Origin, description: string | null): symbol {
    return this.#elsewhere?.symbol(origin) ?? symbolFrom(origin, description);
  }

  #apply([kind, uid, name, base, form]: CellRecord, blocks: readonly Uint8Array[]): void {
    const source: Source = { ...NO_SOURCE, blocks, base };
    switch (kind) {
      case CellKind.Variable:
        return this.#scope(uid).set(name as string, this.#decoder.value(form, source));
      case CellKind.Content:
        return this.#decoder.fill(this.#thing(uid), form as List, source);
      case CellKind.Global:
        // Of one's own process: what others send does not replace it.
        if (this.#elsewhere !== null && Object.hasOwn(globalThis, name as string)) return;
        if (isTagged(form, Tag.Poison))
          return poison(globalThis, name as string, (form as List)[1] as string);
        return define(globalThis, name as string, this.#decoder.value(form, source));
      case CellKind.Export:
        return this.#setExport(this.#thing(uid), name as string, form, source);
      case CellKind.Heritage:
        Object.setPrototypeOf(
          (this.#thing(uid) as Function).prototype,
          this.#decoder.value(form, source) as object,
        );
        return;
      default: {
        const thing = this.#thing(uid);
        const key = this.#decoder.value(name, source) as PropertyKey;
        const place = `${uid} ${kind === CellKind.Static ? '' : 'prototype '}${JSON.stringify(name)}`;
        const holder = kind === CellKind.Static ? thing : ((thing as Function).prototype as object);
        return this.#members.set(place, holder, key, form as List, this.#decoder, source);
      }
    }
  }

  #setExport(exports: object, name: string, form: Form, source: Source): void {
    if (name === '__esModule') return;
    if (isTagged(form, Tag.Poison)) return poison(exports, name, (form as List)[1] as string);
    if (isTagged(form, Tag.Getter)) {
      const get = this.#decoder.value((form as List)[1] as Form, source) as () => unknown;
      Object.defineProperty(exports, name, { get, enumerable: true, configurable: true });
    } else if (isTagged(form, Tag.Live)) {
      const [, module, variable, otherwise] = form as readonly [string, string, string, Form];
      const value = this.#decoder.value(otherwise, source);
      const get = this.#live(module, variable, () => value);
      Object.defineProperty(exports, name, { get, enumerable: true, configurable: true });
    } else define(exports, name, this.#decoder.value(form, source));
  }
}

/** Thrown for an object that is made by the user's `rebuild`, which needs everything else in place. */
const TOO_EARLY = new UnpicklingError('not yet');

const NO_SOURCE: Source = {
  blocks: [],
  base: 0,
  local: () => {
    throw new UnpicklingError('a definition cannot refer to a node of a message');
  },
};

const rankOf = ([kind, , , , form]: CellRecord): number => {
  if (kind === CellKind.Variable && !refersToEntity(form)) return 0;
  return kind === CellKind.Content ? 1 : 2;
};

const refersToEntity = (form: Form): boolean => isTagged(form, Tag.Entity) || isTagged(form, Tag.PrototypeOf);
