import type * as asynchronous from 'multiprocessing-ts';
import {
  active_children,
  current_process,
  get_context,
  get_start_method,
  parent_process,
  Process,
  set_start_method,
  type BaseProcess,
  type Context,
  type StartMethod,
} from 'multiprocessing-ts/sync';
import { del, len, sleep, time } from 'multiprocessing-ts/sync/builtins';
import type { Pool } from 'multiprocessing-ts/sync/pool';
import { ThreadPool } from 'multiprocessing-ts/sync/pool';
import { expect, test } from 'tstyche';

const square = (x: number) => x * x;
const add = async (a: number, b: string) => `${a}${b}`;

test('the constructor is that of the other facade', () => {
  expect(Process).type.toBeConstructableWith(null, square, 'name', [1], {}, { daemon: true });
  expect(Process).type.toBeConstructableWith({ target: add, args: [1, 'a'] });
  expect(Process).type.not.toBeConstructableWith({ target: add, args: ['a', 1] });
  expect<ConstructorParameters<typeof Process>>().type.toBe<
    ConstructorParameters<typeof asynchronous.Process>
  >();
});

test('join blocks', () => {
  const p = new Process({ target: square, args: [1] });
  expect(p.join()).type.toBe<void>();
  expect(p.join(1)).type.toBe<void>();
  expect(p.join({ timeout: 1 })).type.toBe<void>();
  expect(p.join).type.not.toBeCallableWith('1');
  expect(p.exitcode).type.toBe<number | null>();
  expect(p).type.toBeAssignableTo<BaseProcess>();
  expect(p).type.not.toBeAssignableTo<asynchronous.Process>();
});

test('so do those of the processes that there are', () => {
  expect(current_process().pid).type.toBe<number>();
  expect(parent_process()?.join(1)).type.toBe<void | undefined>();
  expect(active_children()).type.toBe<Process[]>();
});

test('a subclass says what it runs', () => {
  class Greeter extends Process {
    constructor(private readonly greeting: string) {
      super({ name: 'greeter' });
    }

    override run(): void {
      this.greeting.trim();
    }
  }
  expect(new Greeter('hello')).type.toBeAssignableTo<Process>();
});

test('a context has the classes that block', () => {
  expect(get_context('spawn')).type.toBe<Context>();
  expect(get_context('spawn').Process).type.toBe<typeof Process>();
  expect(get_context('thread').Pool).type.toBe<typeof Pool>();
  expect(ThreadPool).type.toBeAssignableTo<typeof Pool>();
  expect(get_start_method(true)).type.toBe<StartMethod | null>();
  expect(set_start_method).type.not.toBeCallableWith('fork');
});

test('builtins block or ask', () => {
  expect(sleep(1)).type.toBe<void>();
  expect(time.time()).type.toBe<number>();
  expect(time()).type.toBe<number>();
  expect(len([1])).type.toBe<number>();
  expect(del(new Map([['a', 1]]), 'a')).type.toBe<void>();
  expect(del([1], 0)).type.toBe<void>();
  expect(del).type.not.toBeCallableWith(5, 0);
});
