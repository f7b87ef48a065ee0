import assert from 'node:assert/strict';
import { register } from 'multiprocessing-ts/reduction';
import { failureOf, hasPrivate, type Case } from './case';

class Money {
  #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}
register(Money, { reduce: (money) => ({ cents: money.cents }), rebuild: ({ cents }) => new Money(cents) });

const REDUCE: unique symbol = Symbol.for('multiprocessing.reduce');

class Sealed {
  static readonly [REDUCE] = {
    reduce: (sealed: Sealed): number[] => [sealed.value],
    rebuild: ([value]: number[]): Sealed => new Sealed(value as number),
  };
  #value: number;
  constructor(value: number) {
    this.#value = value;
  }
  get value(): number {
    return this.#value;
  }
}
class Secret {
  #value = 1;
  get value(): number {
    return this.#value;
  }
}

export const cases: Case[] = [
  {
    id: 'r1',
    name: 'a registered class as captured value, argument and result',
    async run(pool) {
      const captured = new Money(5);
      const back = await pool.apply(
        (more: Money) => new Money(captured.cents + more.cents + (captured instanceof Money ? 100 : 0)),
        [new Money(7)],
      );
      assert.ok(back instanceof Money);
      assert.equal(back.cents, 112);
    },
  },
  {
    id: 'r2',
    name: 'a class that says itself how it travels',
    async run(pool) {
      const captured = new Sealed(2);
      const back = await pool.apply(
        (other: { a: Sealed }) => [new Sealed(captured.value * other.a.value)],
        [{ a: new Sealed(4) }],
      );
      assert.equal(back[0]?.value, 8);
    },
  },
  {
    id: 'r3',
    name: 'private state that nobody told how to send does not come back by halves',
    async run(pool) {
      if (!hasPrivate(Secret)) return;
      assert.match((await failureOf(pool.apply(() => new Secret()))).message, /private members/);
    },
  },
];
