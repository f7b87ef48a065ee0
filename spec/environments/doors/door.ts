/** One room of the package, entered and used as a program does. */
export interface Door {
  readonly id: string;
  readonly name: string;
  run(): void | Promise<void>;
}

/** What a call throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

export const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

/** A class of the program, that a manager serves. */
export class Counter {
  #value: number;

  constructor(start = 0) {
    this.#value = start;
  }

  add(number: number): number {
    this.#value += number;
    return this.#value;
  }
}
