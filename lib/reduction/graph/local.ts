import { types } from 'node:util';
import { contentOf, makeOf } from './content';
import { Make, primitive, Tag, type Form } from './forms';
import { refuseSpecial } from './refusals';
import { step, type Trail } from './trail';

/** Where a graph ends: functions, classes, references, what both sides know by uid. */
export interface Border {
  symbol(symbol: symbol): Form;
  /** The form of a thing that is no node of the message; `null`: it is one. */
  outside(thing: object, trail: Trail | null, home: object | null): Form | null;
  /** Node's answer to `util.types.isProxy` is not enough: its parts, to send it. */
  partsOf(thing: object): { readonly kind: string; readonly parts: readonly unknown[] } | null;
  /** The registered way to send it. */
  reduced(thing: object): Reduced | null;
  /** @throws PicklingError for an instance that cannot be copied. */
  check(thing: object, trail: Trail | null): void;
}

export interface Reduced {
  readonly rebuild: unknown;
  readonly state: unknown;
}

type Node = readonly [make: Form, content: Form];

/** A copy of objects for one message, as arguments and results are: no identity outlives it. */
export class LocalGraph {
  readonly blocks: Uint8Array[] = [];
  readonly #border: Border;
  readonly #nodes: Node[] = [];
  readonly #ids = new Map<object, number>();
  readonly #work: (() => void)[] = [];

  constructor(border: Border) {
    this.#border = border;
  }

  form(value: unknown, trail: Trail | null, home: object | null = null): Form {
    const simple = primitive(value);
    if (simple !== undefined) return simple;
    if (typeof value === 'symbol') return this.#border.symbol(value);
    const thing = value as object;
    const id = this.#ids.get(thing);
    if (id !== undefined) return [Tag.Local, id];
    return this.#border.outside(thing, trail, home) ?? this.#node(thing, trail);
  }

  #node(thing: object, trail: Trail | null): Form {
    const id = this.#nodes.push([0, 0]) - 1;
    this.#ids.set(thing, id);
    const reduced = this.#border.reduced(thing);
    if (reduced !== null) {
      const rebuild = this.form(reduced.rebuild, step(trail, '<rebuild>'));
      this.#nodes[id] = [[Make.Rebuilt, rebuild, this.form(reduced.state, step(trail, '<reduced>'))], 0];
      return [Tag.Local, id];
    }
    const composed = this.#border.partsOf(thing);
    if (composed !== null) {
      const forms = composed.parts.map((part, i) => this.form(part, step(trail, `<${composed.kind} ${i}>`)));
      this.#nodes[id] = [[composed.kind, ...forms], 0];
      return [Tag.Local, id];
    }
    refuseSpecial(thing, trail);
    this.#border.check(thing, trail);
    if (ArrayBuffer.isView(thing) || types.isArrayBuffer(thing)) {
      this.#nodes[id] = this.#bytes(thing, trail);
      return [Tag.Local, id];
    }
    const make = makeOf(thing);
    this.#nodes[id] = [make, 0];
    const isWeak = types.isWeakMap(thing) || types.isWeakSet(thing);
    if (!isWeak) this.#work.push(() => void (this.#nodes[id] = [make, this.#content(thing, trail)]));
    return [Tag.Local, id];
  }

  #content(thing: object, trail: Trail | null): Form {
    return contentOf(thing, { form: (part, label) => this.form(part, step(trail, label), thing) });
  }

  #bytes(thing: ArrayBufferView | ArrayBuffer, trail: Trail | null): Node {
    if (types.isArrayBuffer(thing)) {
      return [[Make.Bytes, thing.byteLength], this.#block(new Uint8Array(thing))];
    }
    const view = thing;
    const name = viewName(view);
    // A node Buffer may be a piece of a pool that it shares with strangers.
    if (Buffer.isBuffer(view) || types.isSharedArrayBuffer(view.buffer)) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      return [[Make.View, name, null, 0, view.byteLength], this.#block(bytes)];
    }
    const length = types.isDataView(view) ? view.byteLength : (view as Uint8Array).length;
    return [[Make.View, name, this.form(view.buffer, step(trail, '.buffer')), view.byteOffset, length], 0];
  }

  #block(bytes: Uint8Array): Form {
    return ['@', this.blocks.push(bytes) - 1];
  }

  /** @throws PicklingError */
  run(): void {
    for (let work = this.#work.pop(); work !== undefined; work = this.#work.pop()) work();
  }

  /** Every object that the message copies, to replace some by what the receiver has. */
  replace(known: (thing: object) => number | null): void {
    for (const [thing, id] of this.#ids) {
      const uid = known(thing);
      if (uid !== null) this.#nodes[id] = [[Make.Heap, uid], 0];
    }
  }

  text(root: Form): string {
    return JSON.stringify([root, this.#nodes]);
  }
}

export function viewName(view: ArrayBufferView): string {
  if (Buffer.isBuffer(view)) return 'Buffer';
  return Object.prototype.toString.call(view).slice('[object '.length, -1);
}
