import { Block, type SharedBlock } from '../native/arena';
import { REDUCE } from '../reduction/registry';
import {
  Booleans,
  Chars,
  Doubles,
  Floats,
  Integers,
  LongIntegers,
  Wchars,
  type Cells,
  type Char,
  type Integer,
  type LongView,
  type MakeCells,
  type SmallView,
  type View,
} from './cells';

/** What travels of a value. */
interface SharedValue {
  readonly type: string;
  readonly shared: SharedBlock;
}

/**
 * One value of a C type in shared memory, without a lock: what {@link RawValue} gives. Its class is the type:
 * `c_int`, `c_double` …
 */
export abstract class SimpleCData<Read, Write, V extends View = View> {
  static readonly [REDUCE] = {
    reduce: (data: AnyCData): SharedValue => ({ type: data.#type.name, shared: data.#block.share() }),
    rebuild: ({ type, shared }: SharedValue): AnyCData => new (typeNamed(type))(Block.at(shared)),
  };

  readonly #type: CType<Read, Write, V, unknown>;
  readonly #block: Block;
  readonly #cells: Cells<Read, Write, V, unknown>;

  /** Not to be called: see {@link RawValue}. */
  constructor(type: CType<Read, Write, V, unknown>, block: Block) {
    this.#type = type;
    this.#block = block;
    this.#cells = type.cells(block.piece, 1);
  }

  /** The type that it is of. */
  get type(): CType<Read, Write, V, unknown> {
    return this.#type;
  }

  /** Not for users. */
  get cells(): Cells<Read, Write, V, unknown> {
    return this.#cells;
  }

  /** What it is now. Each reading and each writing is one step, but `value += 1` is two. */
  get value(): Read {
    return this.#cells.get(0);
  }
  set value(value: Read | Write) {
    // What is read may be written: so it is for each of the types.
    this.#cells.set(0, value as Write);
  }

  /** The memory itself, as a typed array of one element. */
  get buffer(): V {
    keep(this.#block);
    return this.#cells.view;
  }

  /** `c_int(5)` */
  toString(): string {
    return `${this.#type.name}(${this.#cells.text(0)})`;
  }

  /** Python's `repr`, for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * Whoever has a view of the memory may keep it for longer than the object: it is not given to others while the family
 * lives. So it is for all that was sent to another process, too.
 */
export function keep(block: Block): void {
  block.keep();
}

/** A type of C, by the name that it has in Python's `ctypes`: `c_int`, `c_double` … */
export interface CType<Read, Write, V extends View = View, Slice = Read[]> {
  /** Not for users: the value in this memory. */
  new (block: Block): SimpleCData<Read, Write, V>;
  /** `c_int`; where two names mean one type, ctypes' choice: `c_longlong` is `c_long`. */
  readonly name: string;
  /** In bytes: Python's `ctypes.sizeof`. */
  readonly size: number;
  /** Not for users: elements of it in this memory. */
  readonly cells: MakeCells<Read, Write, V, Slice>;
}

export type AnyCType = CType<unknown, never, View, unknown>;
export type AnyCData = SimpleCData<unknown, never>;

const types = new Map<string, AnyCType>();

interface ViewOf<V extends View> {
  new (buffer: ArrayBufferLike, start: number, length: number): V;
  readonly BYTES_PER_ELEMENT: number;
}

function define<Read, Write, V extends View, Slice>(
  name: string,
  View: ViewOf<V>,
  CellsOf: new (view: V) => Cells<Read, Write, V, Slice>,
): CType<Read, Write, V, Slice> {
  const type = class extends SimpleCData<Read, Write, V> {
    static readonly size = View.BYTES_PER_ELEMENT;
    static readonly cells: MakeCells<Read, Write, V, Slice> = ({ buffer, start }, length) =>
      new CellsOf(new View(buffer, start, length));
    constructor(block: Block) {
      super(type, block);
    }
  };
  Object.defineProperty(type, 'name', { value: name });
  types.set(name, type);
  return type;
}

const small = <V extends SmallView>(name: string, View: ViewOf<V>): CType<number, Integer, V> =>
  define<number, Integer, V, number[]>(name, View, Integers<V>);
const long = <V extends LongView>(name: string, View: ViewOf<V>): CType<number | bigint, Integer, V> =>
  define<number | bigint, Integer, V, (number | bigint)[]>(name, View, LongIntegers<V>);

/** `true` and `false`. */
export const c_bool = define('c_bool', Uint8Array, Booleans);
/** One byte: read as bytes of length 1, written as such, or as a number. Typecode `c`. */
export const c_char = define('c_char', Uint8Array, Chars);
/** One character of text, in 4 bytes. Typecode `u`. */
export const c_wchar = define('c_wchar', Uint32Array, Wchars);
/** 1 byte, signed. Typecode `b`. */
export const c_byte = small<Int8Array>('c_byte', Int8Array);
/** 1 byte, unsigned. Typecode `B`. */
export const c_ubyte = small<Uint8Array>('c_ubyte', Uint8Array);
/** 2 bytes, signed. Typecode `h`. */
export const c_short = small<Int16Array>('c_short', Int16Array);
/** 2 bytes, unsigned. Typecode `H`. */
export const c_ushort = small<Uint16Array>('c_ushort', Uint16Array);
/** 4 bytes, signed. Typecode `i`. */
export const c_int = small<Int32Array>('c_int', Int32Array);
/** 4 bytes, unsigned. Typecode `I`. */
export const c_uint = small<Uint32Array>('c_uint', Uint32Array);
/** 8 bytes, signed. Typecodes `l` and `q`. */
export const c_long = long<BigInt64Array>('c_long', BigInt64Array);
/** 8 bytes, unsigned. Typecodes `L` and `Q`. */
export const c_ulong = long<BigUint64Array>('c_ulong', BigUint64Array);
/** 4 bytes, floating. Typecode `f`. */
export const c_float = define('c_float', Float32Array, Floats);
/** 8 bytes, floating. Typecode `d`. */
export const c_double = define('c_double', Float64Array, Doubles);

// Two names of one type, as in ctypes.
export const c_longlong = c_long;
export const c_ulonglong = c_ulong;
export const c_size_t = c_ulong;
export const c_ssize_t = c_long;
export const c_int8 = c_byte;
export const c_uint8 = c_ubyte;
export const c_int16 = c_short;
export const c_uint16 = c_ushort;
export const c_int32 = c_int;
export const c_uint32 = c_uint;
export const c_int64 = c_long;
export const c_uint64 = c_ulong;

/** The letters that stand for types, as in Python's `array`. */
const TYPECODES = {
  c: c_char,
  u: c_wchar,
  b: c_byte,
  B: c_ubyte,
  h: c_short,
  H: c_ushort,
  i: c_int,
  I: c_uint,
  l: c_long,
  L: c_ulong,
  q: c_longlong,
  Q: c_ulonglong,
  f: c_float,
  d: c_double,
} as const;

/** A letter that stands for a type of C. */
export type TypeCode = keyof typeof TYPECODES;

/** The type that a typecode stands for; a type stands for itself. */
export type CTypeOf<T> = T extends TypeCode ? (typeof TYPECODES)[T] : T;
/** What is read of a value of the type. */
export type ReadOf<T> = CTypeOf<T> extends CType<infer Read, infer _W, infer _V, infer _S> ? Read : never;
/** What may be written to a value of the type. */
export type WriteOf<T> = CTypeOf<T> extends CType<infer _R, infer Write, infer _V, infer _S> ? Write : never;
/** The typed array over the memory of values of the type. */
export type ViewOfType<T> = CTypeOf<T> extends CType<infer _R, infer _W, infer V, infer _S> ? V : never;
/** What a slice of an array of the type is. */
export type SliceOf<T> = CTypeOf<T> extends CType<infer _R, infer _W, infer _V, infer Slice> ? Slice : never;
/** What {@link RawValue} of the type gives. */
export type RawValueOf<T> = SimpleCData<ReadOf<T>, WriteOf<T>, ViewOfType<T>>;

export type { Char, Integer };

/** @throws TypeError for what is neither a typecode nor a type. */
export function typeOf(given: unknown): AnyCType {
  if (typeof given === 'string' && Object.hasOwn(TYPECODES, given)) {
    return TYPECODES[given as TypeCode];
  }
  if (typeof given === 'function' && types.get(given.name) === given) return given as unknown as AnyCType;
  throw new TypeError('this type has no size');
}

export const typeNamed = (name: string): AnyCType => types.get(name) as AnyCType;
