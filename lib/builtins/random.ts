import { IndexError, ValueError } from '../util/exceptions';

function fraction(): number {
  return Math.random();
}

/** Python's `random.uniform`: any number from `a` to `b`. */
export function uniform(a: number, b: number): number {
  return a + (b - a) * Math.random();
}

/**
 * Python's `random.randint`: a whole number from `a` to `b`, both included.
 *
 * @throws ValueError when there is none.
 */
export function randint(a: number, b: number): number {
  if (!Number.isInteger(a) || !Number.isInteger(b) || b < a) {
    throw new ValueError(`empty range for randrange() (${a}, ${b + 1}, ${b + 1 - a})`);
  }
  return a + Math.floor(Math.random() * (b - a + 1));
}

/**
 * Python's `random.choice`: one of the values.
 *
 * @throws IndexError when there are none.
 */
export function choice<T>(values: ArrayLike<T>): T {
  if (values.length === 0) throw new IndexError('Cannot choose from an empty sequence');
  return values[Math.floor(Math.random() * values.length)] as T;
}

/** Python's `random.shuffle`: in place. */
export function shuffle(values: unknown[]): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [values[i], values[j]] = [values[j], values[i]];
  }
}

/**
 * A number from 0 up to, not including, 1. Both spellings of Python work: `random()` as after
 * `from random import random`, `random.random()` and `random.randint(1, 3)` as after `import random`.
 *
 * Without `seed`: JavaScript's generator cannot be seeded, and workers differ by themselves.
 */
export const random = Object.assign(fraction, { random: fraction, uniform, randint, choice, shuffle });
