import assert from 'node:assert/strict';
import type { Case } from './case';

function* count(to: number): Generator<number> {
  for (let i = 0; i < to; i++) yield i;
}
async function* countLater(to: number): AsyncGenerator<number> {
  for (const i of count(to)) {
    await Promise.resolve();
    yield i;
  }
}
async function total(to: number): Promise<number> {
  let sum = 0;
  for await (const i of countLater(to)) sum += i;
  return sum;
}
function tagged(this: unknown): string {
  return typeof this;
}

export const cases: Case[] = [
  {
    id: '35',
    name: 'a generator',
    async run(pool) {
      assert.deepEqual(await pool.apply(() => [...count(4)]), [0, 1, 2, 3]);
    },
  },
  {
    id: '36-37',
    name: 'an async generator, an async function',
    async run(pool) {
      assert.equal(await pool.apply(total, [5]), 10);
    },
  },
  {
    id: '58',
    name: 'bound once, bound twice',
    async run(pool) {
      function add(this: { base: number }, a: number, b: number): number {
        return this.base + a + b;
      }
      const once = add.bind({ base: 100 }, 1);
      assert.equal(await pool.apply(once, [2]), 103);
      const twice = once.bind(null, 5);
      assert.equal(await pool.apply(twice), 106);
      assert.equal(await pool.apply((x: number) => once(x), [3]), 104);
    },
  },
  {
    id: '59',
    name: 'a function with properties, one of them itself',
    async run(pool) {
      const properties: { offset: number; self: unknown } = { offset: 10, self: null };
      const f = Object.assign((x: number): number => x + f.offset, properties);
      f.self = f;
      assert.deepEqual(await pool.apply(() => [f(1), f.self === f]), [11, true]);
      f.offset = 20;
      assert.equal(await pool.apply(f, [1]), 21);
    },
  },
  {
    id: '60',
    name: 'a named function expression that calls itself',
    async run(pool) {
      const f = function inner(n: number): number {
        return n < 1 ? 0 : n + inner(n - 1);
      };
      assert.equal(await pool.apply(f, [4]), 10);
    },
  },
  {
    id: '61',
    name: 'defaults, destructuring, rest',
    async run(pool) {
      const one = 1;
      const f = (
        { a = one, b: { c } = { c: 5 } } = {},
        [d = 2] = [] as number[],
        ...rest: number[]
      ): number[] => [a, c, d, ...rest];
      assert.deepEqual(
        await pool.apply(f as (...args: unknown[]) => number[], [{ b: { c: 7 } }, [], 8, 9]),
        [1, 7, 2, 8, 9],
      );
    },
  },
  {
    id: '62',
    name: 'braces in templates, regular expressions, comments',
    async run(pool) {
      const x = 5;
      // prettier-ignore
      const f = (): string => { /* } */ const r = /[}/{]+/g; return `a}${x}{`.replace(r, '|') // }
      };
      assert.equal(await pool.apply(f), 'a|5|');
    },
  },
  {
    id: '63',
    name: 'typeof of what nobody declared, a catch variable',
    async run(pool) {
      // @ts-expect-error it is not declared

      assert.equal(await pool.apply(() => typeof notDeclaredAnywhere), 'undefined');
      try {
        throw new Error('caught');
      } catch (e) {
        assert.equal(await pool.apply(() => (e as Error).message), 'caught');
      }
    },
  },
  {
    id: '64',
    name: 'Date, RegExp with flags, Set, bigint',
    async run(pool) {
      const date = new Date(86400000);
      const re = /a(b)/giu;
      const set = new Set([1, 'x', date]);
      const big = BigInt('1180591620717411303424');
      assert.deepEqual(
        await pool.apply(() => [
          date.getTime(),
          re.flags,
          'xABx'.match(re)?.[0],
          set.size,
          set.has(date),
          big + BigInt(1),
        ]),
        [86400000, 'giu', 'AB', 3, true, BigInt('1180591620717411303425')],
      );
    },
  },
  {
    id: '65',
    name: 'a unique symbol as key keeps its identity',
    async run(pool) {
      const key = Symbol('key');
      const object = { [key]: 'found', [Symbol.for('shared')]: 1 };
      assert.deepEqual(await pool.apply(() => [object[key], object[Symbol.for('shared')]]), ['found', 1]);
      assert.equal(await pool.apply(() => key), key);
      const iterable = {
        *[Symbol.iterator](): Generator<number> {
          yield 1;
          yield 2;
        },
      };
      assert.deepEqual(await pool.apply(() => [...iterable]), [1, 2]);
    },
  },
  {
    id: '66',
    name: 'null prototype, frozen, sparse, cyclic, non-enumerable',
    async run(pool) {
      const bare = Object.assign(Object.create(null) as Record<string, number>, { a: 1 });
      const frozen = Object.freeze({ b: Object.freeze([1]) });
      // eslint-disable-next-line no-sparse-arrays
      const sparse = [1, , 3];
      interface Cycle {
        me?: Cycle;
      }
      const cycle: Cycle = {};
      cycle.me = cycle;
      const hidden = Object.defineProperty({}, 'h', { value: 9 });
      assert.deepEqual(
        await pool.apply(() => [
          Object.getPrototypeOf(bare),
          bare.a,
          Object.isFrozen(frozen) && Object.isFrozen(frozen.b),
          1 in sparse,
          sparse.length,
          cycle.me === cycle,
          Object.keys(hidden).length,
          (hidden as { h: number }).h,
        ]),
        [null, 1, true, false, 3, true, 0, 9],
      );
    },
  },
  {
    id: '67',
    name: 'NaN, -0, Infinity, undefined',
    async run(pool) {
      const values = { nan: NaN, zero: -0, inf: -Infinity, nothing: undefined };
      const zero = -0;
      const back = await pool.apply(() => [
        values.nan,
        values.zero,
        values.inf,
        values.nothing,
        'nothing' in values,
        zero,
      ]);
      assert.ok(Object.is(back[0], NaN) && Object.is(back[1], -0) && Object.is(back[5], -0));
      assert.deepEqual(back.slice(2, 5), [-Infinity, undefined, true]);
    },
  },
  {
    id: '68',
    name: 'a WeakMap brings the entries whose key travels',
    async run(pool) {
      const key = { id: 1 };
      const other = { id: 2 };
      const weak = new WeakMap<object, string>([
        [key, 'kept'],
        [other, 'lost'],
      ]);
      const set = new WeakSet<object>([key]);
      assert.deepEqual(await pool.apply(() => [weak.get(key), set.has(key)]), ['kept', true]);
    },
  },
  {
    id: '69',
    name: 'a Proxy',
    async run(pool) {
      const target: Record<string, number> = { a: 1 };
      const proxy = new Proxy(target, {
        get: (of, name) => (of[String(name)] ?? 0) * 10,
      });
      assert.deepEqual(await pool.apply(() => [proxy.a, proxy.b]), [10, 0]);
      assert.equal(await pool.apply((p: Record<string, number>) => p.a, [proxy]), 10);
    },
  },
  {
    id: '70',
    name: 'one object through two variables stays one',
    async run(pool) {
      const shared = { n: 1 };
      const a = { shared };
      const b = { shared, list: [shared] };
      assert.equal(await pool.apply(() => a.shared === b.shared && b.list[0] === shared), true);
    },
  },
  {
    id: '70b',
    name: 'an argument that a function in the same argument captured stays one with it',
    async run(pool) {
      const self = { n: 1, inc: (): number => ++self.n };
      assert.deepEqual(await pool.apply((o: typeof self) => [o.inc(), o.n], [self]), [2, 2]);
      assert.equal(self.n, 1);
    },
  },
  {
    id: '71',
    name: 'one function twice in a message stays one',
    async run(pool) {
      const f = (): number => 1;
      const list = [f, f];
      assert.equal(await pool.apply(() => list[0] === list[1] && list[0] === f), true);
      assert.equal(await pool.apply((a: unknown[]) => a[0] === a[1], [[f, f]]), true);
    },
  },
  {
    id: '72',
    name: 'name and length are kept',
    async run(pool) {
      const named = (_a: number, _b: number): void => undefined;
      assert.deepEqual(await pool.apply(() => [named.name, named.length]), ['named', 2]);
    },
  },
  {
    id: '83',
    name: 'strict code has no `this`',
    async run(pool) {
      assert.equal(await pool.apply(() => tagged.call(undefined)), 'undefined');
    },
  },
  {
    id: '83c',
    name: 'sloppy code has one',
    async run(pool) {
      const sloppy = new Function('return function () { return typeof this }')() as () => string;
      assert.equal(await pool.apply(sloppy), 'object');
    },
  },
  {
    id: '83b',
    name: 'an arrow of a sloppy script makes a global',
    async run(pool) {
      const sloppy = new Function(
        'return () => { madeByTask = 5; return globalThis.madeByTask }',
      )() as () => number;
      assert.equal(await pool.apply(sloppy), 5);
      assert.ok(!('madeByTask' in globalThis));
    },
  },
  {
    id: '90',
    name: 'a long linked list',
    async run(pool) {
      interface Item {
        value: number;
        next: Item | null;
        f?: () => number;
      }
      let list: Item | null = { value: 0, next: null, f: () => 7 };
      for (let i = 1; i < 20_000; i++) list = { value: i, next: list };
      assert.equal(
        await pool.apply(
          (at: Item | null) => {
            let n = 0;
            for (; at?.next; at = at.next) n++;
            return n + (at?.f?.() ?? 0);
          },
          [list],
        ),
        20_006,
      );
    },
  },
  {
    id: '91',
    name: 'large captured data',
    async run(pool) {
      const table = Array.from({ length: 50_000 }, (_, i) => ({ i, text: `row ${i}` }));
      const f = (i: number): string => `${table.length} ${table[i]?.text}`;
      assert.equal(await pool.apply(f, [777]), '50000 row 777');
      (table[777] as { text: string }).text = 'changed';
      assert.equal(await pool.apply(f, [777]), '50000 changed');
    },
  },
  {
    id: '92',
    name: 'typed arrays and buffers, views of one buffer',
    async run(pool) {
      const bytes = new Uint8Array([1, 2, 3, 4]);
      const view = new DataView(bytes.buffer);
      const buffer = Buffer.from('hello');
      const f = (): unknown[] => {
        view.setUint8(0, 9);
        return [bytes[0], bytes.length, buffer.toString(), Buffer.isBuffer(buffer)];
      };
      assert.deepEqual(await pool.apply(f), [9, 4, 'hello', true]);
      const back = await pool.apply(
        (o: { a: Float64Array; f: () => number }) => ({ a: o.a.map((x) => x * o.f()), f: o.f }),
        [{ a: new Float64Array([1.5, 2]), f: () => 2 }],
      );
      assert.deepEqual([...back.a], [3, 4]);
    },
  },
];
