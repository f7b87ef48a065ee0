import assert from 'node:assert/strict';
import { failureOf, type Case } from './case';

class Coded extends Error {
  #secret = 1;
  constructor(readonly code: string) {
    super(`coded ${code}`);
  }
  get secret(): number {
    return this.#secret;
  }
}

export const cases: Case[] = [
  {
    id: 'o1',
    name: 'instances of the classes that everybody has: URL and the like',
    async run(pool) {
      const url = new URL('http://a.b/c?d=e');
      const back = await pool.apply(
        (params: URLSearchParams) => [url.host, url instanceof URL, params.get('x'), new URL(url)],
        [new URLSearchParams('x=1')],
      );
      assert.deepEqual(back.slice(0, 3), ['a.b', true, '1']);
      assert.ok(back[3] instanceof URL && back[3].href === url.href);
    },
  },
  {
    id: 'o2',
    name: 'what holds state that nobody sees is refused, not broken',
    async run(pool) {
      const format = new Intl.NumberFormat('en');
      assert.match(
        (await failureOf(pool.apply(() => format.format(1)))).message,
        /Intl\.NumberFormat cannot be sent/,
      );
      const { signal } = new AbortController();
      assert.match((await failureOf(pool.apply(() => signal.aborted))).message, /AbortSignal cannot be sent/);
      const entries = new Map([[1, 2]]).entries();
      assert.match((await failureOf(pool.apply(() => entries.next()))).message, /iterator/);
      assert.match(
        (await failureOf(pool.apply(() => new Intl.NumberFormat('en')))).message,
        /cannot be sent back/,
      );
    },
  },
  {
    id: 'o3',
    name: "node's own errors, with their codes",
    async run(pool) {
      const missing = (await failureOf(
        pool.apply(() => {
          (require('node:fs') as typeof import('node:fs')).readFileSync('/no/such/file');
        }),
      )) as NodeJS.ErrnoException;
      assert.ok(missing instanceof Error);
      assert.equal(missing.code, 'ENOENT');
      assert.equal(missing.path, '/no/such/file');
      const wrong = (await failureOf(
        pool.apply(() => Buffer.alloc('x' as unknown as number)),
      )) as NodeJS.ErrnoException;
      assert.ok(wrong instanceof TypeError);
      assert.equal(wrong.code, 'ERR_INVALID_ARG_TYPE');
      const aborted = await failureOf(
        pool.apply(() => {
          AbortSignal.abort().throwIfAborted();
        }),
      );
      assert.equal(aborted.name, 'AbortError');
      const asserted = await failureOf(
        pool.apply(() => {
          const checks: { strictEqual(a: unknown, b: unknown, text: string): void } = require('node:assert');
          checks.strictEqual(1, 2, 'differ');
        }),
      );
      assert.match(asserted.message, /^differ/);
    },
  },
  {
    id: 'o4',
    name: 'errors that hold what cannot be sent arrive without it',
    async run(pool) {
      const error = (await failureOf(
        pool.apply(() => {
          throw Object.assign(new RangeError('with extras'), {
            code: 5,
            self: () => 1,
            later: Promise.resolve(),
          });
        }),
      )) as RangeError & { code: number };
      assert.ok(error instanceof RangeError);
      assert.equal(error.code, 5);
      assert.equal('later' in error, false);
      const coded = await failureOf(
        pool.apply(() => {
          throw new Coded('E1');
        }),
      );
      assert.equal(coded.message, 'coded E1');
      assert.ok(coded instanceof Coded);
    },
  },
  {
    id: 'o5',
    name: 'circular causes, thrown functions and objects',
    async run(pool) {
      const circular = await failureOf(
        pool.apply(() => {
          const one = new Error('one');
          one.cause = new Error('two', { cause: one });
          throw one;
        }),
      );
      assert.equal(((circular.cause as Error).cause as Error).message, 'two');
      const known = (): number => 1;

      assert.equal(
        await failureOf(
          pool.apply(() => {
            throw known;
          }),
        ),
        known,
      );

      assert.deepEqual(
        await failureOf(
          pool.apply(() => {
            throw { a: 1 };
          }),
        ),
        { a: 1 },
      );
    },
  },
];
