import assert from 'node:assert/strict';
import fs, { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { EventEmitter } from 'node:events';
import dayModule from 'tiny-date';
import { Day } from 'tiny-date';
import _ from 'tiny-tools';
import type { Case } from './case';
import * as all from './fixtures/all';
import * as H from './fixtures/helper';
import { name as serviceName, secret, services } from './fixtures/services';

// In an ES module, the default import of such a package is its whole exports.
const day =
  typeof dayModule === 'function' ? dayModule : (dayModule as { default: typeof dayModule }).default;
const { chunk } = _;
const addTen = _.partial((a: number, b: number) => a + b, 10);
const isArr = Array.isArray;
const readFile = promisify(fs.readFile);
class Bus extends EventEmitter {
  hits = 0;
}

export const cases: Case[] = [
  {
    id: '43',
    name: '`export *` and `export * as`',
    async run(pool) {
      assert.deepEqual(
        await pool.apply(() => [all.plusOne(1), new all.Point(2, 3).sum(), all.counter.read()]),
        [2, 5, all.counter.state],
      );
    },
  },
  {
    id: '44',
    name: 'a namespace used by a name known only at run time',
    async run(pool) {
      const names = ['plusOne', 'helper'] as const;
      assert.deepEqual(
        await pool.map(
          (i: number) => (H as unknown as Record<string, (n: number) => number>)[names[i] as string]?.(1),
          [0, 1],
        ),
        [2, 13],
      );
    },
  },
  {
    id: '45',
    name: 'what else a module exports need not be sendable',
    async run(pool) {
      assert.equal(await pool.apply(() => H.plusOne(4)), 5);
    },
  },
  {
    id: '46-47',
    name: 'a package by reference, and a function taken out of it',
    async run(pool) {
      assert.deepEqual(
        await pool.apply(() => [_.chunk([1, 2, 3], 2), chunk([1, 2, 3], 1).length, _(5), chunk === _.chunk]),
        [[[1, 2], [3]], 3, 5, true],
      );
      assert.equal(await pool.apply(() => chunk), chunk);
    },
  },
  {
    id: '46b',
    name: 'a package is loaded afresh',
    async run(pool) {
      _.configure();
      assert.equal(await pool.apply(() => _.configured), false);
    },
  },
  {
    id: '46c',
    name: "instances of a package's class",
    async run(pool) {
      const stack = new _.Stack();
      stack.push(1);
      assert.deepEqual(await pool.apply(() => [stack.push(2).items, stack instanceof _.Stack]), [
        [1, 2],
        true,
      ]);
    },
  },
  {
    id: '48',
    name: 'a closure that a package made',
    async run(pool) {
      assert.equal(await pool.apply(addTen as (b: number) => number, [5]), 15);
    },
  },
  {
    id: '49',
    name: 'a default import of a compiled ES module package',
    async run(pool) {
      assert.equal(await pool.apply(() => day('2020-01-02T03').format()), '2020-01-02');
      const d = day('2021-01-02T03');
      assert.deepEqual(await pool.apply(() => [d.format(), d instanceof Day]), ['2021-01-02', true]);
    },
  },
  {
    id: '50',
    name: 'builtins by default, named and star import',
    async run(pool) {
      assert.deepEqual(
        await pool.apply(() => [
          fs.existsSync(path.sep),
          readFileSync === fs.readFileSync,
          path.basename('/a/b.txt'),
        ]),
        [true, true, 'b.txt'],
      );
    },
  },
  {
    id: '51',
    name: 'an object that merely has a builtin as `default`',
    async run(pool) {
      const config = { default: path, extra: 1 };
      assert.deepEqual(await pool.apply(() => [config.extra, config.default.sep, Object.keys(config)]), [
        1,
        path.sep,
        ['default', 'extra'],
      ]);
    },
  },
  {
    id: '52',
    name: 'promisify of a builtin',
    async run(pool) {
      const file = __filename;
      assert.equal(await pool.apply(async () => (await readFile(file)).length > 100), true);
    },
  },
  {
    id: '53',
    name: 'an intrinsic under another name',
    async run(pool) {
      assert.equal(await pool.apply((x: unknown) => isArr(x), [[1]]), true);
    },
  },
  {
    id: '54-55',
    name: 'require() inside, __dirname of the original file',
    async run(pool) {
      const here = __dirname;
      assert.deepEqual(
        await pool.apply(() => {
          const p = require('node:path') as typeof path;
          return [p.basename(__dirname), __dirname, p.basename(__filename).slice(0, 7)];
        }),
        [path.basename(here), here, 'modules'],
      );
    },
  },
  {
    id: '56',
    name: 'dynamic import of a builtin and of a package',
    async run(pool) {
      assert.deepEqual(
        await pool.apply(async () => {
          const url = await import('node:url');
          return typeof url.pathToFileURL;
        }),
        'function',
      );
    },
  },
  {
    id: '93',
    name: 'a class on a builtin class, and its instance',
    async run(pool) {
      const bus = new Bus();
      bus.on('hit', () => bus.hits++);
      assert.deepEqual(
        await pool.apply(() => {
          bus.emit('hit');
          return [bus.hits, bus instanceof EventEmitter, new Bus().hits];
        }),
        [1, true, 0],
      );
    },
  },
  {
    id: '95',
    name: 'what cannot be copied but can be imported is imported',
    async run(pool) {
      assert.deepEqual(
        await pool.apply(() => [secret.read(), typeof services.web.server.listen, serviceName]),
        ['k', 'function', 'services'],
      );
    },
  },
  {
    id: '94',
    name: 'an unsendable export used as a whole object fails only where it is touched',
    async run(pool) {
      const whole = (): string => Object.keys(H).sort().join();
      assert.ok((await pool.apply(whole)).includes('plusOne'));
      assert.equal(typeof services.web, 'object');
    },
  },
];
