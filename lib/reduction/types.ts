/**
 * What a value is on its way between two processes: JSON text, the blocks of
 * bytes that the text refers to, and what the receiver must hold before it can
 * read them.
 */
export const Codec = {
  /** The text is the value itself, as JSON. */
  Json: 0,
  /** An array of numbers as one block: `[kind, length]`, `blocks[0]` holds them. */
  Numbers: 1,
  /** `blocks[0]` is the output of `v8.serialize`. */
  V8: 2,
  /** A graph of nodes (functions, classes, instances, odd objects): see graph/. */
  Graph: 3,
  /** `undefined`, which most tasks return and JSON cannot say; the text is `0`. */
  Undefined: 4,
  /** Large typed arrays and Buffers, each a block of its own: see bytes.ts. */
  Bytes: 5,
  /** A list of one value, again and again: `[which, length]`. */
  Same: 6,
} as const;
export type CodecId = (typeof Codec)[keyof typeof Codec];

export interface Encoded {
  readonly codec: CodecId;
  /** What `JSON.parse` reads. */
  readonly text: string;
  /** Bytes that the text refers to by index. Shared memory, which only threads get, is a block of no bytes over it. */
  readonly blocks: readonly Uint8Array[];
  /** Definitions the receiver must hold before it decodes this; `null`: none. */
  readonly needs: Needs | null;
}

/**
 * The definitions (functions, classes, scopes, versions of variables) that one
 * encoded value stands on. Immutable; only `reduction` looks inside.
 */
export interface Needs {
  /** Two Needs of one id are the same needs. */
  readonly id: number;
}

/** One message of definitions, to be applied by {@link Receiver.define} in the order sent. */
export interface Definitions {
  readonly text: string;
  readonly blocks: readonly Uint8Array[];
}

/** A function as a call names it: its id at every receiver that holds `needs`. */
export interface EncodedFunction {
  readonly id: number;
  readonly needs: Needs;
}
