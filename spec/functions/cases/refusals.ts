import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { failureOf, hasPrivate, type Case } from './case';

class Vault {
  #secret = 1;
  read(): number {
    return this.#secret;
  }
}

const services = { web: { server: createServer() } };
const helper = (): unknown => services.web;

class TaskError extends Error {
  override name = 'TaskError';
  constructor(
    message: string,
    readonly details: { code: number },
  ) {
    super(message);
  }
}

export const cases: Case[] = [
  {
    id: '74',
    name: 'a socket is refused with the path to it',
    async run(pool) {
      const holder = { inner: { socket: new Socket() } };
      const error = await failureOf(pool.apply(() => holder.inner.socket.destroyed));
      assert.equal(error.name, 'PicklingError');
      assert.match(error.message, /net\.Socket cannot be sent: create it in the worker/);
      assert.match(error.message, /variable 'holder'\n\s+\.inner\n\s+\.socket/);
      const deep = await failureOf(pool.apply(() => helper()));
      assert.match(deep.message, /http\.Server cannot be sent/);
      assert.match(deep.message, /function 'helper' \(.*:\d+:\d+\)/);
      assert.match(deep.message, /\.server/);
    },
  },
  {
    id: '75',
    name: 'a promise is refused',
    async run(pool) {
      const promise = Promise.resolve(1);
      assert.match(
        (await failureOf(pool.apply(async () => promise))).message,
        /a Promise cannot be sent: await it first/,
      );
      assert.match(
        (await failureOf(pool.apply((x: unknown) => x, [{ promise, f: () => 1 }]))).message,
        /\.promise/,
      );
    },
  },
  {
    id: '76',
    name: 'an instance with private members is refused',
    async run(pool) {
      if (!hasPrivate(Vault)) return;
      const vault = new Vault();
      const error = await failureOf(pool.apply(() => vault.read()));
      assert.match(
        error.message,
        /instance of class Vault cannot be sent, it has private members \(#secret\)/,
      );
      assert.match(error.message, /multiprocessing\.reduce/);
    },
  },
  {
    id: '77',
    name: 'the pool works on after a refusal',
    async run(pool) {
      const socket = new Socket();
      let k = 5;
      const bad = (): unknown => [k, socket];
      const good = (): number => k;
      await failureOf(pool.apply(bad));
      assert.equal(await pool.apply(good), 5);
      k = 6;
      await failureOf(pool.apply(bad));
      assert.equal(await pool.apply(good), 6);
    },
  },
  {
    id: '77b',
    name: 'generators, weak references, what was made in the worker',
    async run(pool) {
      const running = (function* () {
        yield 1;
      })();
      assert.match((await failureOf(pool.apply(() => running.next()))).message, /a running generator/);
      const weak = new WeakRef({});
      assert.match((await failureOf(pool.apply(() => weak.deref()))).message, /a WeakRef cannot be sent/);
      assert.match((await failureOf(pool.apply(() => () => 1))).message, /made in the worker/);
    },
  },
  {
    id: '78',
    name: "a task's error keeps class, name, message, properties and place",
    async run(pool) {
      const error = await failureOf(
        pool.apply(function failing() {
          throw new TaskError('no luck', { code: 3 });
        }),
      );
      assert.ok(error instanceof TaskError);
      assert.equal(error.name, 'TaskError');
      assert.equal(error.message, 'no luck');
      assert.deepEqual(error.details, { code: 3 });
      assert.match(error.stack ?? '', /failing.*refusals\.[cm]?[tj]s:\d+:\d+/);
    },
  },
  {
    id: '78b',
    name: 'builtin errors, causes, aggregates, thrown non-errors',
    async run(pool) {
      const range = await failureOf(
        pool.apply(() => {
          throw new RangeError('r', { cause: new TypeError('t') });
        }),
      );
      assert.ok(range instanceof RangeError);
      assert.equal((range.cause as Error).name, 'RemoteTraceback');
      assert.match((range.cause as Error).message, /^\n"""\nRangeError: r\n[^]*"""$/);
      assert.ok(((range.cause as Error).cause as Error) instanceof TypeError);
      const all = await failureOf(
        pool.apply(() => {
          throw new AggregateError([new TypeError('a'), 'b'], 'many');
        }),
      );
      assert.ok(all instanceof AggregateError);
      assert.ok(all.errors[0] instanceof TypeError && all.errors[1] === 'b');

      assert.equal(
        await failureOf(
          pool.apply(() => {
            throw 'text';
          }),
        ),
        'text',
      );

      assert.equal(
        await failureOf(
          pool.apply(() => {
            throw undefined;
          }),
        ),
        undefined,
      );
      const local = await failureOf(
        pool.apply(() => {
          class BornHere extends RangeError {
            override name = 'BornHere';
            extra = 5;
          }
          throw new BornHere('born');
        }),
      );
      assert.ok(local instanceof RangeError);
      assert.equal(local.name, 'BornHere');
      assert.equal((local as unknown as { extra: number }).extra, 5);
    },
  },
];
