import { AssertionError, IndexError, ValueError } from '../errors';
import { listOf } from '../pool/arguments';
import { REDUCE } from '../reduction/registry';
import { GET_ITEM, Indexed, SET_ITEM } from '../util/indexed';
import { signature } from '../util/keywords';
import { repr } from '../util/repr';
import {
  lengthOf,
  pack,
  roomFor,
  textFormat,
  unpack,
  type GivenItem,
  type Packed,
  type ShareableItem,
} from './items';
import { SharedMemory } from './shared_memory';

/** A number at the start of the memory, and at the start of each item. */
const NUMBER = 8;
/** A format has so many bytes in the memory. */
const FORMAT = 8;

const bind = signature({
  name: 'ShareableList',
  defaults: (): { sequence: unknown; name: string | null } => ({ sequence: null, name: null }),
  keywordOnly: ['name'],
});

/**
 * A list of a fixed length in shared memory with a name, under which any program finds it, CPython's too.
 *
 * Python's `multiprocessing.shared_memory.ShareableList`, in the same memory byte for byte; but text is given as much
 * room as it needs, where Python loses the end of what is not ASCII, and there is no item before the first. Numbers
 * without a fraction are Python's `int`, others `float`; NULs at the end of text and bytes are lost, as there. It can
 * be sent with any call. Close and unlink its `shm`.
 *
 * @throws KeyError for a value that no list can hold.
 * @throws StructError for integers of more than 64 bits.
 * @throws AssertionError for text and bytes of about 10 MB and more.
 * @throws UnicodeError for text that UTF-8 cannot express.
 * @example
 * const list = new ShareableList(['howdy', -273.154, 100, null, true]);
 * const same = new ShareableList({ name: list.shm.name });
 * same[2] = 42;
 * list[2]; // 42
 * same.shm.close();
 * list.shm.close();
 * list.shm.unlink();
 */
export class ShareableList extends Indexed {
  static readonly [REDUCE] = {
    reduce: ({ shm }: ShareableList): string => shm.name,
    rebuild: (name: string): ShareableList => new ShareableList({ name }),
  };

  /** `list[-1]` is the last one. @throws IndexError if there is no such place. */
  [index: number]: ShareableItem;

  /** The memory that it lies in. */
  readonly shm: SharedMemory;
  /** How many items it has: Python's `len(list)`. */
  readonly length: number;
  /** Where items begin, from the first one on; and where the last one ends. */
  readonly #offsets: readonly number[];

  /**
   * @param sequence - its items. Without, the list of that name is attached to.
   * @param name - of the memory. @default one that is free
   */
  constructor(
    sequence?: Iterable<GivenItem> | null | { readonly name?: string | null },
    options?: { readonly name?: string | null },
  );
  constructor(...args: unknown[]) {
    super();
    const { sequence, name } = bind(args);
    if (name === null || sequence !== null) {
      const items = (sequence === null ? [] : listOf(sequence)).map((item) => pack(item as GivenItem));
      const formats = items.map(formatOf);
      // They have to fit into theirs, too.
      if (formats.some((format) => format.length > FORMAT)) throw new AssertionError('');
      this.length = items.length;
      this.#offsets = offsetsOf(formats);
      this.shm = new SharedMemory({ name, create: true, size: this.#codes + items.length });
      this.#write(items, formats);
    } else {
      this.shm = new SharedMemory(name);
      const bytes = this.#bytes;
      const number = (index: number): number => Number(bytes.readBigInt64LE(index * NUMBER));
      this.length = number(0);
      this.#offsets = Array.from({ length: this.length + 1 }, (_, i) => number(1 + i));
    }
  }

  #write(items: readonly Packed[], formats: readonly string[]): void {
    const bytes = this.#bytes;
    [this.length, ...this.#offsets].forEach((number, i) => bytes.writeBigInt64LE(BigInt(number), i * NUMBER));
    items.forEach((item, i) => {
      this.#store(i, formats[i] as string, item);
    });
  }

  get #bytes(): Buffer {
    const buf = this.shm.buf as Uint8Array | null;
    if (buf === null) throw new TypeError("a bytes-like object is required, not 'NoneType'");
    return Buffer.from(buf.buffer, buf.byteOffset, buf.byteLength);
  }

  /** Where the parts of the memory begin: items, their formats, the codes of how they are made. */
  get #data(): number {
    return (this.length + 2) * NUMBER;
  }
  get #formats(): number {
    return this.#data + (this.#offsets[this.length] as number);
  }
  get #codes(): number {
    return this.#formats + this.length * FORMAT;
  }

  #offset(index: number): number {
    return this.#data + (this.#offsets[index] as number);
  }

  #format(index: number): string {
    const start = this.#formats + index * FORMAT;
    return this.#bytes.toString('latin1', start, start + FORMAT).replace(/\0+$/, '');
  }

  #store(index: number, format: string, { recreation, bytes }: Packed): void {
    const memory = this.#bytes;
    const start = this.#formats + index * FORMAT;
    memory.fill(0, start, start + FORMAT).write(format, start, 'latin1');
    memory[this.#codes + index] = recreation;
    const offset = this.#offset(index);
    memory.fill(0, offset, offset + lengthOf(format)).set(bytes, offset);
  }

  #place(index: number, text: string): number {
    const place = index < 0 ? index + this.length : index;
    if (place >= 0 && place < this.length) return place;
    throw new IndexError(text);
  }

  /**
   * The item at a place, as `list[index]`; but its type never says `undefined`.
   *
   * @param index - negative ones count from the end.
   * @throws IndexError if there is no such place.
   */
  at(index: number): ShareableItem {
    const place = this.#place(index, 'index out of range');
    const format = this.#format(place);
    const offset = this.#offset(place);
    const bytes = this.#bytes.subarray(offset, offset + lengthOf(format));
    return unpack(format, this.#bytes[this.#codes + place] as number, bytes);
  }

  [GET_ITEM](index: number): ShareableItem {
    return this.at(index);
  }

  /** @throws ValueError for text and bytes that are longer than the place. */
  [SET_ITEM](index: number, value: GivenItem): void {
    const place = this.#place(index, 'assignment index out of range');
    const item = pack(value);
    if (item.format !== null) {
      this.#store(place, item.format, item);
      return;
    }
    const room = (this.#offsets[place + 1] as number) - (this.#offsets[place] as number);
    if (item.bytes.length > room) throw new ValueError('bytes/str item exceeds available storage');
    const current = this.#format(place);
    this.#store(place, current.endsWith('s') ? current : textFormat(room), item);
  }

  *[Symbol.iterator](): Generator<ShareableItem, void, undefined> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  /** How all items lie in the memory, as Python's `struct` writes it. */
  get format(): string {
    return Array.from({ length: this.length }, (_, i) => this.#format(i)).join('');
  }

  /** How often the value is in it. */
  count(value: GivenItem): number {
    return [...this].filter((item) => isEqual(item, value)).length;
  }

  /**
   * Where the value is first.
   *
   * @throws ValueError if it is not in it.
   */
  index(value: GivenItem): number {
    const index = [...this].findIndex((item) => isEqual(item, value));
    if (index >= 0) return index;
    throw new ValueError(`${repr(value)} not in this container`);
  }

  /** `ShareableList(['howdy', 100, None], name='psm_0a1b2c3d')` */
  override toString(): string {
    return `${this.constructor.name}(${repr([...this])}, name=${repr(this.shm.name)})`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

const formatOf = (item: Packed): string => item.format ?? textFormat(roomFor(item));

function offsetsOf(formats: readonly string[]): number[] {
  const offsets = [0];
  for (const format of formats) offsets.push((offsets[offsets.length - 1] as number) + lengthOf(format));
  return offsets;
}

/** Python's `==` of what a list can hold: `True == 1`, and `1 == 1.0`. */
function isEqual(a: ShareableItem, b: GivenItem): boolean {
  if (typeof a === 'object' && a !== null) {
    return typeof b === 'object' && b !== null && Buffer.compare(a, b) === 0;
  }
  if (a === null || typeof a === 'string') return a === (b ?? null);
  if (typeof b !== 'number' && typeof b !== 'bigint' && typeof b !== 'boolean') return false;
  // eslint-disable-next-line eqeqeq -- it is exact for a number and a bigint
  return (typeof a === 'boolean' ? Number(a) : a) == (typeof b === 'boolean' ? Number(b) : b);
}
