import { types } from 'node:util';
import { isTracking, sharedBlock } from '../blocks';
import type { Passage } from '../passage';
import { isMarked, take } from '../transfer';
import { Codec, type Encoded, type Needs } from '../types';
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
  /** The registered way to send it. @param sharesMemory - to a thread of this process. */
  reduced(thing: object, sharesMemory: boolean): Reduced | null;
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
  readonly #passage: Passage;
  readonly #nodes: Node[] = [];
  readonly #ids = new Map<object, number>();
  readonly #work: (() => void)[] = [];
  /** Memory to be moved, and the number of its block. */
  readonly #moving = new Map<
    object,
    { readonly memory: ArrayBuffer; readonly block: number; readonly trail: Trail | null }
  >();

  constructor(border: Border, passage: Passage) {
    this.#border = border;
    this.#passage = passage;
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
    const reduced = this.#border.reduced(thing, this.#passage.shares);
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
    refuseSpecial(thing, trail, this.#passage.shares);
    this.#border.check(thing, trail);
    if (ArrayBuffer.isView(thing) || types.isAnyArrayBuffer(thing)) {
      this.#nodes[id] = ArrayBuffer.isView(thing) ? this.#view(thing, trail) : this.#memory(thing, trail);
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

  #memory(memory: ArrayBufferLike, trail: Trail | null): Node {
    if (types.isSharedArrayBuffer(memory)) return [[Make.Shared, this.#block(sharedBlock(memory))], 0];
    const { byteLength } = memory;
    if (!this.#passage.moves || !isMarked(memory))
      return [[Make.Bytes, byteLength, this.#block(new Uint8Array(memory).slice())], 0];
    const block = this.#block(NOTHING);
    this.#moving.set(memory, { memory, block, trail });
    return [[Make.Bytes, byteLength, block], 0];
  }

  #view(view: ArrayBufferView, trail: Trail | null): Node {
    const name = viewName(view);
    // A node Buffer may be a piece of a pool that it shares with strangers.
    if (Buffer.isBuffer(view) && !types.isSharedArrayBuffer(view.buffer) && !isMarked(view.buffer)) {
      return [
        [Make.View, name, null, 0, view.byteLength],
        ['@', this.#block(new Uint8Array(view))],
      ];
    }
    const memory = this.form(view.buffer, step(trail, '.buffer'));
    return [[Make.View, name, memory, view.byteOffset, lengthOf(view)], 0];
  }

  #block(bytes: Uint8Array): number {
    return this.blocks.push(bytes) - 1;
  }

  /** @throws PicklingError */
  run(): void {
    for (let work = this.#work.pop(); work !== undefined; work = this.#work.pop()) work();
  }

  /** Every object that the message copies, to replace some by what the receiver has. */
  replace(known: (thing: object) => number | null): void {
    for (const [thing, id] of this.#ids) {
      const uid = known(thing);
      if (uid === null) continue;
      this.#nodes[id] = [[Make.Heap, uid], 0];
      this.#moving.delete(thing);
    }
  }

  text(root: Form): string {
    return JSON.stringify([root, this.#nodes]);
  }

  /**
   * The whole message. What is moved is gone here afterwards, so this comes last.
   *
   * @throws PicklingError for memory that cannot be moved.
   */
  encoded(root: Form, needs: Needs | null = null): Encoded {
    const text = this.text(root);
    for (const { memory, block, trail } of this.#moving.values())
      this.blocks[block] = take(memory, this.#passage.shares, trail);
    return { codec: Codec.Graph, text, blocks: this.blocks, needs };
  }
}

const NOTHING = new Uint8Array(0);

/** The length of a view as it is made with; `null`: as much as there is. */
export function lengthOf(view: ArrayBufferView): number | null {
  if (isTracking(view)) return null;
  return types.isDataView(view) ? view.byteLength : (view as Uint8Array).length;
}

export function viewName(view: ArrayBufferView): string {
  if (Buffer.isBuffer(view)) return 'Buffer';
  return Object.prototype.toString.call(view).slice('[object '.length, -1);
}
