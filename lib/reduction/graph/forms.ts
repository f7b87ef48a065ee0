/**
 * A value as JSON. What JSON says itself stands for itself; everything else is
 * an array whose first element is one of these tags.
 */
export type Form = string | number | boolean | null | readonly Form[];

export const Tag = {
  Undefined: 'u',
  /** `NaN`, `Infinity`, `-Infinity`, `-0`. */
  Number: 'n',
  BigInt: 'i',
  /** `Symbol.for(key)`. */
  Symbol: 'y',
  /** A symbol that exists once: uid, description, and the heap of the uid if it is not the sender's. */
  UniqueSymbol: 'yu',
  /** An object or function both sides know by its uid. */
  Entity: 'h',
  /** The `prototype` of the function with this uid. */
  PrototypeOf: 'pr',
  /** A node of the same message. */
  Local: 'l',
  /** A path from the global object. */
  Global: 'g',
  /** A builtin module, then a path into it. */
  Builtin: 'b',
  /** The object that `import * as x` of a CommonJS build makes of a builtin module. */
  BuiltinStar: 'bs',
  /** The namespace object of a builtin module. */
  BuiltinNamespace: 'bn',
  /** A file, then a path into its exports. */
  File: 'p',
  FileStar: 'ps',
  /** A variable that every CommonJS module has: `require`, `module`, `__filename`, `__dirname`. */
  ModuleVariable: 'mv',
  /** `import()` as a module of this url would resolve it, and its `import.meta`. */
  ImportFrom: 'im',
  MetaOf: 'me',
  /** A coverage counter that counts nothing. */
  NoCoverage: 'nc',
  /** A member that is read from a variable of a module: module, name, and what to give if it is not here. */
  Live: 'lv',
  /** A member that is read through this function. */
  Getter: 'gt',
  /** Flags and value, or flags, getter and setter, of a property. */
  Property: 'p!',
  /** The value of a property that keeps its flags. */
  Value: 'v!',
  /** Reading it throws this text: a part that could not be sent. */
  Poison: 'x!',
  /** The member is the one that the class's own text made. */
  Original: 'o!',
  /** The property, variable or member is gone. */
  Gone: 'd!',
} as const;

/** What an object is made as, before its content arrives. */
export const Make = {
  Object: 'o',
  Array: 'a',
  Map: 'm',
  Set: 's',
  Date: 'd',
  RegExp: 'r',
  Error: 'e',
  /** `Object(primitive)`. */
  Boxed: 'w',
  /** An ArrayBuffer: its length, and in a message the block that is its memory. */
  Bytes: 'ab',
  /** A SharedArrayBuffer: the block whose memory it is. */
  Shared: 'sb',
  /** A view: constructor, buffer, offset, length, which is `null` for a view that grows with shared memory. */
  View: 't',
  WeakMap: 'wm',
  WeakSet: 'ws',
  Proxy: 'px',
  Bound: 'bf',
  /** `util.promisify(f)`. */
  Promisified: 'pf',
  /** `createRequire(file)`. */
  Require: 'rq',
  /** The exports of one of the user's modules, filled member by member. */
  Exports: 'xp',
  /** Built by a registered `rebuild(state)`. */
  Rebuilt: 'rb',
  Arguments: 'ar',
  /** What the receiver knows by this uid. */
  Heap: 'hp',
} as const;

/** The kinds of definitions in a message. */
export const Define = {
  Scope: 's',
  Function: 'f',
  Object: 'o',
  /** A reference that calls name by a uid. */
  Reference: 'r',
  /** The source of a module that node cannot load from its file. */
  Source: 'm',
} as const;

/** What a cell is a part of. */
export const CellKind = {
  /** scope, name */
  Variable: 'v',
  /** function, property */
  Static: 'p',
  /** function, property of its `prototype` */
  Member: 'q',
  /** function: what its `prototype` inherits from */
  Heritage: 'k',
  /** object */
  Content: 'c',
  /** exports, name */
  Export: 'x',
  /** name */
  Global: 'g',
} as const;

/** Flags of a property. */
export const Flag = { Enumerable: 1, Configurable: 2, Writable: 4, Plain: 7 } as const;

/** Names that rebuilt functions find their helpers under; nobody else's variables begin so. */
export const HIDDEN = '$__mp_';
export const Hidden = {
  Super: '$__mp_super',
  Home: '$__mp_home',
  Meta: '$__mp_meta',
  Import: '$__mp_import',
  Live: '$__mp_live',
} as const;

export const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** The form of a primitive; `undefined` for what is none (or a symbol). */
export function primitive(value: unknown): Form | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'undefined':
      return UNDEFINED;
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return [Tag.Number, Object.is(value, -0) ? '-0' : String(value)];
    case 'bigint':
      return [Tag.BigInt, String(value)];
    default:
      return value === null ? null : undefined;
  }
}

export const UNDEFINED: Form = [Tag.Undefined];
