import {
  active_children,
  current_process,
  get_context,
  parent_process,
  Process,
  type BaseProcess,
} from 'multiprocessing-ts';
import { describe, expect, test } from 'tstyche';

const square = (x: number) => x * x;
const add = async (a: number, b: string) => `${a}${b}`;
const greet = (name: string, greeting = 'hello') => `${greeting} ${name}`;
const withOptions = (x: number, options: { base: number }) => x + options.base;

describe('the constructor', () => {
  test('takes its arguments by position and by keyword', () => {
    expect(Process).type.toBeConstructableWith();
    expect(Process).type.toBeConstructableWith(null, square, 'name', [1]);
    expect(Process).type.toBeConstructableWith(null, square, 'name', [1], {}, { daemon: true });
    expect(Process).type.toBeConstructableWith(null, square, { args: [1], daemon: true });
    expect(Process).type.toBeConstructableWith({ target: square, args: [1], name: 'name', daemon: true });
    expect(Process).type.toBeConstructableWith({ name: 'name' });
    expect(Process).type.toBeConstructableWith(null, null, 'name');
    expect(Process).type.not.toBeConstructableWith({ func: square });
    expect(Process).type.not.toBeConstructableWith(5);
    expect(Process).type.not.toBeConstructableWith(null, square, 5);
    expect(Process).type.not.toBeConstructableWith(null, square, 'name', [1], {}, true);
  });

  test('checks the arguments of the target', () => {
    expect(Process).type.toBeConstructableWith({ target: add, args: [1, 'a'] });
    expect(Process).type.not.toBeConstructableWith({ target: add, args: ['a', 1] });
    expect(Process).type.not.toBeConstructableWith({ target: add, args: [1] });
    expect(Process).type.not.toBeConstructableWith(null, square, 'name', ['1']);
    expect(Process).type.not.toBeConstructableWith({ target: 5 });
    expect(Process).type.toBeConstructableWith({ target: greet, args: ['you'] });
    expect(Process).type.not.toBeConstructableWith({ target: greet, args: ['you', 1] });
    expect(Process).type.not.toBeConstructableWith({ target: () => 1, args: [1] });
    expect(Process).type.toBeConstructableWith({ target: Math.max, args: [1, 2, 3] });
  });

  test('kwargs are the last argument of the target', () => {
    expect(Process).type.toBeConstructableWith({ target: withOptions, args: [1], kwargs: { base: 2 } });
    expect(Process).type.toBeConstructableWith(null, withOptions, 'name', [1], { base: 2 });
    expect(Process).type.not.toBeConstructableWith({
      target: withOptions,
      args: [1],
      kwargs: { base: '2' },
    });
    expect(Process).type.not.toBeConstructableWith({ target: withOptions, kwargs: 5 });
  });
});

test('processes of any target are processes', () => {
  expect(new Process({ target: square, args: [1] })).type.toBeAssignableTo<Process>();
  const list = [new Process({ target: add, args: [1, 'a'] }), new Process()];
  expect(list).type.toBeAssignableTo<Process[]>();
  expect(get_context('thread').Process).type.toBe<typeof Process>();
});

test('a subclass has its own constructor and run', () => {
  class Greeter extends Process {
    constructor(private readonly greeting: string) {
      super({ name: 'greeter', daemon: true });
    }

    override async run(): Promise<void> {
      await Promise.resolve(this.greeting);
    }
  }
  class Plain extends Process {
    override run(): void {
      super.run();
    }
  }
  class Caller extends Process {
    constructor(x: number) {
      super({ target: square, args: [x] });
    }
  }
  expect(Greeter).type.toBeConstructableWith('hello');
  expect(Plain).type.toBeConstructableWith({ daemon: true });
  expect(Caller).type.toBeConstructableWith(1);
  expect(new Greeter('hello')).type.toBeAssignableTo<Process>();
});

describe('a process', () => {
  const p = new Process({ target: square, args: [1] });

  test('join returns a promise, with a timeout in seconds', () => {
    expect(p.join()).type.toBe<Promise<void>>();
    expect(p.join(1)).type.toBe<Promise<void>>();
    expect(p.join({ timeout: 1 })).type.toBe<Promise<void>>();
    expect(p.join).type.not.toBeCallableWith('1');
  });

  test('has what Python has', () => {
    expect(p.is_alive()).type.toBe<boolean>();
    expect(p.name).type.toBe<string>();
    expect(p.daemon).type.toBe<boolean>();
    expect(p.pid).type.toBe<number | null>();
    expect(p.exitcode).type.toBe<number | null>();
    expect(p.sentinel).type.toBe<number>();
    expect(p.authkey).type.toBe<Buffer>();
    p.authkey = new Uint8Array(3);
    p.name = 'other';
    p.daemon = true;
  });

  test('the current one has a pid', () => {
    expect(current_process().pid).type.toBe<number>();
    expect(parent_process()?.pid).type.toBe<number | undefined>();
    expect(active_children()).type.toBe<Process[]>();
    expect(p).type.toBeAssignableTo<BaseProcess>();
  });
});
