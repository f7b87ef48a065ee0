/** Values of Python that JavaScript has no type for. */

/**
 * A `tuple`. An array in every other way: only what is pickled tells it from a list. Made by {@link tuple}.
 *
 * It is not frozen (that would double the time to read a call): what is changed is sent changed.
 */
export class Tuple<T = unknown> extends Array<T> {
  /** What is derived from a tuple (`map`, `slice`) is a list. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** Makes a tuple of an array that nobody else has: ten times as fast as its constructor. */
export function asTuple<T>(items: T[]): Tuple<T> {
  return Object.setPrototypeOf(items, Tuple.prototype) as Tuple<T>;
}

/**
 * A `tuple` of these values.
 *
 * @example
 * tuple('a', 1); // ('a', 1)
 */
export function tuple<T extends unknown[]>(...items: T): Tuple<T[number]> {
  return asTuple<T[number]>(items);
}

/** A `frozenset`: a set that nothing can be added to or removed from. */
export class FrozenSet<T = unknown> extends Set<T> {
  constructor(items: Iterable<T> = []) {
    super();
    for (const item of items) super.add(item);
  }

  override add(_value: T): this {
    throw new TypeError("'frozenset' object has no attribute 'add'");
  }

  override delete(_value: T): boolean {
    throw new TypeError("'frozenset' object has no attribute 'remove'");
  }

  override clear(): void {
    throw new TypeError("'frozenset' object has no attribute 'clear'");
  }
}

/** A `bytearray`. Every other `Uint8Array` is `bytes`. */
export class ByteArray extends Uint8Array {
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }
}

/** A number that is a `float` in Python, also if it has no fraction. Made by {@link float}. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  toString(): string {
    return Number.isInteger(this.value) ? this.value.toFixed(1) : String(this.value);
  }
}

/**
 * A number that Python is to take for a `float`: `1` is sent as the int 1, `float(1)` as 1.0.
 *
 * @example
 * float(1); // 1.0
 */
export function float(value: number): Float {
  return new Float(value);
}

/** A class or function of Python, by its name. It can be passed on, not called. */
export class Global {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  toString(): string {
    return `${this.module}.${this.name}`;
  }
}
