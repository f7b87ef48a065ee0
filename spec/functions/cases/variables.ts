import assert from 'node:assert/strict';
import os from 'node:os';
import type { Case } from './case';
import { bump, connect, connection, read, state } from './fixtures/counter';
import * as H from './fixtures/counter';
import { helper } from './fixtures/helper';

let k = 3;
let setByInitializer = 0;
let counter = 0;
const memo = new Map<number, number>();
const settings = { deep: { level: 1 }, list: [1, 2] };

function fact(n: number): number {
  return n < 2 ? 1 : n * fact(n - 1);
}
const isEven = (n: number): boolean => n === 0 || isOdd(n - 1);
const isOdd = (n: number): boolean => n !== 0 && isEven(n - 1);
const multiply = (by: number) => (x: number) => x * by;

function makeCounter(): { inc: () => number; get: () => number; add(n: number): void } {
  let n = 0;
  return { inc: () => ++n, get: () => n, add: (by) => void (n += by) };
}

export const cases: Case[] = [
  {
    id: '1',
    name: 'an arrow takes along a variable, an imported helper, a builtin',
    async run(pool) {
      assert.equal(await pool.apply((x: number) => x * k + helper(os.EOL.length), [5]), 5 * k + 13);
    },
  },
  {
    id: '2',
    name: 'a named recursive function',
    async run(pool) {
      assert.deepEqual(await pool.map(fact, [1, 5, 10]), [1, 120, 3628800]);
    },
  },
  {
    id: '3',
    name: 'mutual recursion',
    async run(pool) {
      assert.deepEqual(await pool.map(isEven, [4, 7]), [true, false]);
    },
  },
  {
    id: '4',
    name: 'the initializer sets a variable, tasks read it',
    async run(_pool, make) {
      const pool = make({
        initializer: (to: number) => {
          setByInitializer = to;
        },
        initargs: [42],
      });
      assert.equal(await pool.apply(() => setByInitializer), 42);
      assert.equal(setByInitializer, 0);
      assert.equal(await pool.apply(() => setByInitializer), 42);
    },
  },
  {
    id: '5',
    name: 'a variable reassigned between calls',
    async run(pool) {
      const f = (x: number): number => x * k;
      const seen: number[] = [];
      for (k = 4; k < 9; k++) seen.push(await pool.apply(f, [10]));
      k = 3;
      seen.push(await pool.apply(f, [10]));
      assert.deepEqual(seen, [40, 50, 60, 70, 80, 30]);
    },
  },
  {
    id: '6',
    name: 'what a worker counts stays in the worker',
    async run(pool) {
      const count = (): number => ++counter;
      for (let i = 1; i < 6; i++) assert.equal(await pool.apply(count), i);
      assert.equal(counter, 0);
    },
  },
  {
    id: '7',
    name: 'a Map as memory of a worker',
    async run(pool) {
      const square = (x: number): number[] => {
        if (!memo.has(x)) memo.set(x, x * x);
        return [memo.get(x) as number, memo.size];
      };
      assert.deepEqual(await pool.apply(square, [3]), [9, 1]);
      assert.deepEqual(await pool.apply(square, [4]), [16, 2]);
      assert.deepEqual(await pool.apply(square, [3]), [9, 2]);
      assert.equal(memo.size, 0);
    },
  },
  {
    id: '8',
    name: 'a nested object changed by the parent',
    async run(pool) {
      const level = (): number => settings.deep.level + settings.list.length;
      assert.equal(await pool.apply(level), 3);
      settings.deep.level = 10;
      assert.equal(await pool.apply(level), 12);
      settings.list.push(3);
      assert.equal(await pool.apply(level), 13);
      settings.list.pop();
      settings.deep = { level: 1 };
      assert.equal(await pool.apply(level), 3);
    },
  },
  {
    id: '9',
    name: 'an exported variable set by one function, read by another',
    async run(_pool, make) {
      const pool = make();
      assert.equal(await pool.apply(bump), 1);
      assert.equal(await pool.apply(bump), 2);
      assert.equal(await pool.apply(read), 2);
    },
  },
  {
    id: '10',
    name: 'an imported variable is live after a function of its module ran in the worker',
    async run(_pool, make) {
      const pool = make({ initializer: connect, initargs: ['db://x'] });
      assert.equal(await pool.apply(() => connection?.url), 'db://x');
    },
  },
  {
    id: '11',
    name: 'bump(), state and H.state agree',
    async run(_pool, make) {
      const pool = make();
      assert.deepEqual(
        await pool.apply(() => {
          bump();
          return [state, H.state, read()];
        }),
        [1, 1, 1],
      );
    },
  },
  {
    id: '12',
    name: 'closures over different locals',
    async run(pool) {
      assert.equal(await pool.apply(multiply(2), [5]), 10);
      assert.equal(await pool.apply(multiply(7), [5]), 35);
    },
  },
  {
    id: '13',
    name: 'a closure sees a later change of a local',
    async run(pool) {
      let local = 1;
      const f = (): number => local;
      assert.equal(await pool.apply(f), 1);
      local = 2;
      assert.equal(await pool.apply(f), 2);
    },
  },
  {
    id: '14',
    name: 'four nested scopes, one of them a block',
    async run(pool) {
      const a = 1;
      const make = (b: number): ((d: number) => number) => {
        {
          const c = 100;
          return (d) => a + b * 10 + c + d * 1000 + k * 0;
        }
      };
      assert.equal(await pool.apply(make(2), [3]), 3121);
    },
  },
  {
    id: '15',
    name: 'each turn of a loop has its own variable',
    async run(pool) {
      const fs: (() => number)[] = [];
      for (let i = 0; i < 3; i++) {
        const square = i * i;
        fs.push(() => i * 100 + square);
      }
      assert.deepEqual(await Promise.all(fs.map((f) => pool.apply(f))), [0, 101, 204]);
    },
  },
  {
    id: '16',
    name: 'two closures of one call share its variable',
    async run(pool) {
      const { inc, get } = makeCounter();
      await pool.apply(inc);
      await pool.apply(inc);
      assert.equal(await pool.apply(get), 2);
    },
  },
  {
    id: '17',
    name: 'closures of two calls do not',
    async run(pool) {
      const one = makeCounter();
      const two = makeCounter();
      assert.equal(await pool.apply(one.inc), 1);
      assert.equal(await pool.apply(two.inc), 1);
      assert.equal(await pool.apply(one.inc), 2);
      assert.equal(await pool.apply(two.get), 1);
      assert.equal(await pool.apply(one.get), 2);
    },
  },
  {
    id: '17b',
    name: 'twenty counters, two closures each, sent in any order',
    async run(pool) {
      const counters = Array.from({ length: 20 }, makeCounter);
      for (const [i, { add }] of counters.entries()) await pool.apply(add, [i]);
      const seen = [];
      for (const { get } of counters) seen.push(await pool.apply(get));
      assert.deepEqual(
        seen,
        counters.map((_, i) => i),
      );
    },
  },
  {
    id: '17c',
    name: 'new closures of one place share the variable of the call around them',
    async run(pool) {
      let n = 0;
      const seen: number[] = [];
      for (let i = 0; i < 4; i++) seen.push(await pool.apply(() => ++n));
      assert.deepEqual(seen, [1, 2, 3, 4]);
      assert.equal(n, 0);
    },
  },
  {
    id: '18',
    name: 'initializer and tasks share a local variable',
    async run(_pool, make) {
      let local = 'unset';
      const pool = make({
        initializer: (value: string) => {
          local = value;
        },
        initargs: ['set'],
      });
      assert.equal(await pool.apply(() => local), 'set');
      assert.equal(local, 'unset');
    },
  },
  {
    id: '19',
    name: 'a composition of captured functions',
    async run(pool) {
      const steps = [(x: number) => x + 1, multiply(3), Math.sqrt];
      const compose = (x: number): number => steps.reduce((value, step) => step(value), x);
      assert.equal(await pool.apply(compose, [2]), 3);
    },
  },
];
