import { expect, test } from 'tstyche';
import {
  getcurrent,
  Greenlet,
  type GreenletExit,
  iwait,
  joinall,
  sleep,
  spawn,
  spawn_later,
  Timeout,
  wait,
  with_timeout,
} from 'multiprocessing-ts/gevent';
import { type Group, type IMap, type IMapUnordered, Pool } from 'multiprocessing-ts/gevent/pool';

const asynchronous = async (_a: number, _b: string): Promise<boolean> => true;
const synchronous = (_a: number): string => '';
const optional = (_a: number, _b?: string): number => 1;

test('spawn takes the parameters of the function and gives what it returns, awaited', () => {
  expect(spawn(asynchronous, 1, 'b')).type.toBe<Greenlet<boolean>>();
  expect(spawn(synchronous, 1)).type.toBe<Greenlet<string>>();
  expect(spawn(optional, 1)).type.toBe<Greenlet<number>>();
  expect(spawn(sleep, 1)).type.toBe<Greenlet<void>>();
  expect(spawn).type.not.toBeCallableWith(asynchronous, 1);
  expect(spawn).type.not.toBeCallableWith(asynchronous, 1, 2);
  expect(spawn).type.not.toBeCallableWith(synchronous, 1, 2);
  expect(spawn).type.not.toBeCallableWith(5);
});

test('spawn_later takes seconds first', () => {
  expect(spawn_later(1, asynchronous, 1, 'b')).type.toBe<Greenlet<boolean>>();
  expect(spawn_later).type.not.toBeCallableWith(asynchronous, 1, 'b');
});

test('a greenlet is made from a function and its arguments, or by a subclass', () => {
  expect(new Greenlet(asynchronous, 1, 'b').get()).type.toBe<Promise<boolean>>();
  expect(Greenlet.spawn(synchronous, 1)).type.toBe<Greenlet<string>>();
  expect(Greenlet.spawn_later(1, synchronous, 1)).type.toBe<Greenlet<string>>();
  expect(Greenlet).type.not.toBeConstructableWith(asynchronous, 1);
  class Noop extends Greenlet<string> {
    constructor(readonly seconds: number) {
      super();
    }
    protected override async _run(): Promise<string> {
      return '';
    }
  }
  expect(Noop.spawn(1)).type.toBe<Noop>();
  expect(new Noop(1).get()).type.toBe<Promise<string>>();
  expect(new Noop(1)).type.toBeAssignableTo<Greenlet>();
});

test('the value is there, or an exit, or not yet', () => {
  expect(spawn(asynchronous, 1, 'b').value).type.toBe<boolean | GreenletExit | null>();
  expect(spawn(asynchronous, 1, 'b').exception).type.toBe<unknown>();
  expect(getcurrent()).type.toBe<Greenlet>();
});

test('a greenlet is no promise', () => {
  expect<Greenlet<number>>().type.not.toBeAssignableTo<PromiseLike<number>>();
});

test('timeouts are given by position or keyword', () => {
  const g = spawn(synchronous, 1);
  expect(g.get).type.toBeCallableWith(true, 1);
  expect(g.get).type.toBeCallableWith({ block: true, timeout: 1 });
  expect(g.get).type.toBeCallableWith(true, { timeout: 1 });
  expect(g.get).type.not.toBeCallableWith({ tmeout: 1 });
  expect(g.get).type.not.toBeCallableWith('1');
  expect(g.join).type.toBeCallableWith(1);
  expect(g.join).type.toBeCallableWith({ timeout: 1 });
  expect(g.kill).type.toBeCallableWith();
  expect(g.kill).type.toBeCallableWith(RangeError, false);
  expect(g.kill).type.toBeCallableWith(new RangeError('x'), { timeout: 1 });
  expect(g.kill).type.toBeCallableWith({ block: false });
  expect(g.kill).type.not.toBeCallableWith(5);
});

test('links get the greenlet', () => {
  spawn(synchronous, 1).link((g) => {
    expect(g).type.toBe<Greenlet<string>>();
  });
});

test('joinall, wait and iwait give the greenlets they are given', () => {
  const greenlets = [spawn(synchronous, 1), spawn(synchronous, 2)];
  expect(joinall(greenlets, { timeout: 1, raise_error: true, count: 1 })).type.toBe<
    Promise<Greenlet<string>[]>
  >();
  expect(joinall(new Set(greenlets), 1, true, 1)).type.toBe<Promise<Greenlet<string>[]>>();
  expect(wait(greenlets, 1)).type.toBe<Promise<Greenlet<string>[]>>();
  expect(iwait(greenlets)).type.toBe<AsyncGenerator<Greenlet<string>, void, undefined>>();
  expect(joinall([spawn(synchronous, 1), spawn(optional, 2)])).type.toBeAssignableTo<
    Promise<(Greenlet<string> | Greenlet<number>)[]>
  >();
  expect(joinall).type.not.toBeCallableWith([1, 2]);
});

test('with_timeout gives the result, or the timeout_value', () => {
  expect(with_timeout(1, asynchronous, 1, 'b')).type.toBe<Promise<boolean>>();
  expect(with_timeout(null, synchronous, 1)).type.toBe<Promise<string>>();
  expect(with_timeout(1, asynchronous, 1, 'b', { timeout_value: null })).type.toBe<Promise<boolean | null>>();
  expect(with_timeout).type.not.toBeCallableWith(1, asynchronous, 1);
});

test('a Timeout is an error', () => {
  expect(new Timeout(1)).type.toBeAssignableTo<Error>();
  expect(Timeout.start_new(1)).type.toBe<Timeout>();
  expect(Timeout).type.not.toBeConstructableWith('1');
});

test('a pool is typed as spawn is', () => {
  const pool = new Pool(2);
  expect(pool).type.toBeAssignableTo<Group>();
  expect(pool.spawn(asynchronous, 1, 'b')).type.toBe<Greenlet<boolean>>();
  expect(pool.apply(asynchronous, [1, 'b'])).type.toBe<Promise<boolean>>();
  expect(pool.apply_async(asynchronous, [1, 'b'])).type.toBe<Greenlet<boolean>>();
  expect(pool.apply((a: number, _k: { b: string }) => a, [1], { b: '' })).type.toBe<Promise<number>>();
  pool.apply_async(asynchronous, [1, 'b'], {
    callback: (value) => {
      expect(value).type.toBe<boolean>();
    },
  });
  expect(pool.spawn).type.not.toBeCallableWith(asynchronous, 1);
  expect(pool.apply).type.not.toBeCallableWith(asynchronous, [1]);
  expect(pool.join({ raise_error: true })).type.toBe<Promise<boolean>>();
});

test('map and imap know their items', () => {
  const pool = new Pool();
  expect(pool.map(async (x) => x * 2, [1, 2])).type.toBe<Promise<number[]>>();
  expect(pool.map((word) => word.length, new Set(['a']))).type.toBe<Promise<number[]>>();
  expect(pool.map_async(synchronous, [1])).type.toBe<Greenlet<string[]>>();
  expect(pool.imap((x) => String(x), [1, 2])).type.toBe<IMap<string>>();
  expect(pool.imap_unordered((x) => String(x), [1, 2], { maxsize: 1 })).type.toBe<IMapUnordered<string>>();
  expect(pool.imap(asynchronous, [1, 2], ['a', 'b'])).type.toBe<IMap<boolean>>();
  expect(pool.imap(asynchronous, [1, 2], ['a', 'b'], { maxsize: 1 })).type.toBe<IMap<boolean>>();
  expect(pool.imap).type.not.toBeCallableWith(asynchronous, ['a'], ['b']);
  expect(pool.map).type.not.toBeCallableWith(synchronous, ['a']);
});
