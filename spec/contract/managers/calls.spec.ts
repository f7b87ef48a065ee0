import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  BaseManager,
  BaseProxy,
  MakeProxyType,
  RemoteError,
  type Proxied,
} from 'multiprocessing-ts/managers';
import { PicklingError, register } from 'multiprocessing-ts/reduction';
import { exc, excOf, soon } from '../support';
import { Counter, endAll, Mailbox, OwnError, recorded, started } from './support';

class Foo {
  f(): string {
    return 'f';
  }

  _h(): string {
    return 'h';
  }

  readonly attr = 5;
}

class Money {
  readonly #cents: number;

  constructor(cents: number) {
    this.#cents = cents;
  }

  get cents(): number {
    return this.#cents;
  }
}
register(Money, { reduce: (money) => money.cents, rebuild: (cents: number) => new Money(cents) });

class CounterProxy extends BaseProxy {
  static override readonly _exposed_ = ['increment', '__add__'];

  twice(): Promise<unknown> {
    return this._callmethod('increment').then(() => this._callmethod('increment'));
  }
}

class Own extends BaseManager {}
let kept: Mailbox | null = null;
Own.register('Counter', Counter, { method_to_typeid: { numbers: 'Iterator', give_kept: 'Counter' } });
Own.register('Plain', Counter);
Own.register('Mailbox', Mailbox);
Own.register('get_kept', () => (kept ??= new Mailbox()));
Own.register('later', async () => Promise.resolve(new Foo()));
Own.register('Foo', Foo);
Own.register('Bar', Foo, { exposed: ['f', '_h'] });
Own.register('Special', Counter, CounterProxy);
Own.register(
  'Attributes',
  Foo,
  MakeProxyType('AttributesProxy', ['__getattribute__', '__setattr__', '__delattr__']),
);
Own.register('Iterator', null, null, ['__next__', 'send', 'close']);
Own.register('number', () => 7, null, ['toFixed']);

let manager: Own;

beforeAll(async () => {
  manager = await started(new Own());
});

afterAll(endAll);

const make = <T>(typeid: string, ...args: unknown[]): Promise<Proxied<T>> => manager.create(typeid, ...args);

describe('a proxy', () => {
  test('calls methods of an object in the server', async () => {
    const counter = await make<Counter>('Counter', 5, 2);
    expect(await counter.increment()).toBe(7);
    expect(await counter.later()).toBe('later');
    expect(await counter.pid()).toBe(manager._process?.pid);
  });

  test('has public methods, and no attributes', async () => {
    const [foo, bar] = [await make<Foo>('Foo'), await make<Foo>('Bar')];
    const has = (proxy: object, ...names: string[]) => names.map((name) => name in proxy);
    expect(has(foo, 'f', '_h', 'attr')).toEqual(recorded('AutoProxy exposes public methods only').ok);
    expect(has(bar, 'f', '_h')).toEqual(recorded('exposed list').ok);
    expect(foo.constructor.name).toBe(recorded('type').ok);
  });

  test('calls nothing that is not exposed', async () => {
    const foo = await make<Foo>('Foo');
    const { type, str } = await excOf(() => foo._callmethod('_h'));
    expect(type).toBe(exc(recorded('_callmethod not exposed')).type);
    expect(str).toContain("method '_h' of <class 'Foo'> object is not in exposed={'f'}");
    for (const name of ['constructor', '__proto__', 'toString', 'attr'])
      await expect(foo._callmethod(name)).rejects.toThrow(RemoteError);
  });

  test('says what it is', async () => {
    const foo = await make<Foo>('Foo');
    expect(String(foo)).toMatch(/^<AutoProxy\[Foo\] object, typeid 'Foo' at 0x[0-9a-f]+>$/);
    expect(await foo.str()).toBe('<Foo object>');
  });

  test.each([
    [1.5],
    ['text'],
    [null],
    [undefined],
    [12n ** 30n],
    [new Map([[{ a: 1 }, new Set([1])]])],
    [Buffer.from([1, 2])],
    [new Float64Array([1, 2])],
    [new Date(0)],
    [{ nested: [{ deep: true }] }],
  ])('sends a copy of %p there and back', async (value) => {
    const counter = await make<Counter>('Counter');
    expect(await counter.echo(value)).toEqual(value);
  });

  test('sends instances of classes, and functions', async () => {
    const counter = await make<Counter>('Counter');
    const money = (await counter.echo(new Money(5))) as Money;
    expect(money).toBeInstanceOf(Money);
    expect(money.cents).toBe(5);
    const offset = 3;
    const plus = (await counter.echo((x: number) => x + offset)) as (x: number) => number;
    expect(plus(4)).toBe(7);
  });

  test('brings what a method throws as what it is', async () => {
    const counter = await make<Counter>('Counter');
    expect(await excOf(() => counter.fail())).toEqual({ type: 'ValueError', str: 'boom' });
    await expect(counter.fail_own()).rejects.toThrow(OwnError);
    await expect(counter.unpicklable()).rejects.toThrow(/^\n-{75}\nUnserializable message: /);
    await expect(counter.echo([Promise.resolve()])).rejects.toThrow(PicklingError);
    expect(await counter.increment()).toBe(1);
  });

  test('passes keywords on: in their places where the class names them, else as one object', async () => {
    const counter = await make<Counter>('Counter');
    expect(await counter._callmethod('add', [], { number: 5 })).toBe(5);
    expect((await excOf(() => counter._callmethod('add', [1], { number: 5 }))).str).toBe(
      "add() got multiple values for argument 'number'",
    );
    expect(await counter._callmethod('options', [1], { a: 2 })).toEqual([1, { a: 2 }]);
    expect(await (await manager._make<BaseProxy>('Counter', [1], { step: 5 }))._callmethod('increment')).toBe(
      6,
    );
  });

  test('stands for what a method returns, if its type says so', async () => {
    const counter = await make<Counter>('Counter');
    const numbers = (await counter.numbers()) as unknown as Proxied<{ __next__(): number }>;
    expect([await numbers.__next__(), await numbers.__next__(), await numbers.__next__()]).toEqual([0, 1, 2]);
    expect((await excOf(() => numbers.__next__())).type).toBe('StopIteration');
  });

  test('is of the class that its type has', async () => {
    const special = await manager.create<CounterProxy>('Special');
    expect(special).toBeInstanceOf(CounterProxy);
    expect(await special.twice()).toBe(2);
    await expect(special._callmethod('echo', [1])).rejects.toThrow(RemoteError);
  });

  test('reaches attributes, if the methods for that are exposed', async () => {
    const proxy = await manager.create('Attributes');
    expect(await proxy._callmethod('__getattribute__', ['attr'])).toBe(5);
    await proxy._callmethod('__setattr__', ['other', [1]]);
    expect(await proxy._callmethod('__getattribute__', ['other'])).toEqual([1]);
    await proxy._callmethod('__delattr__', ['other']);
    expect(await excOf(() => proxy._callmethod('__getattribute__', ['other']))).toEqual({
      type: 'AttributeError',
      str: "'Foo' object has no attribute 'other'",
    });
    for (const name of ['__proto__', 'constructor'])
      expect((await excOf(() => proxy._callmethod('__getattribute__', [name]))).type).toBe('AttributeError');
  });

  test('of what is made asynchronously comes when that is there', async () => {
    expect(await (await make<Foo>('later')).f()).toBe('f');
  });

  test('may stand for a value that is no object', async () => {
    expect(await (await manager.create('number'))._callmethod('toFixed', [2])).toBe('7.00');
  });

  test('of an object that cannot be made is an error of the server', async () => {
    const { type, str } = await excOf(() => manager.create('nope'));
    expect(type).toBe(exc(recorded('unknown typeid')).type);
    expect(str).toContain("KeyError: 'nope'");
    expect((await excOf(() => manager._make('Plain', [], { nope: 1 }))).str).toContain(
      "TypeError: Plain() got an unexpected keyword argument 'nope'",
    );
  });

  test('begins calls in the order in which they are made', async () => {
    const mailbox = await make<Mailbox>('Mailbox');
    await Promise.all(Array.from({ length: 100 }, (_, i) => mailbox.put(i)));
    const all = await Promise.all(Array.from({ length: 100 }, () => mailbox.get()));
    expect(all).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test('that waits keeps no other waiting', async () => {
    const mailbox = await make<Mailbox>('Mailbox');
    const waiting = Promise.all(Array.from({ length: 50 }, () => mailbox.get()));
    await Promise.all(Array.from({ length: 50 }, (_, i) => mailbox.put(i)));
    expect(await soon(waiting)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('sends and gets a lot at once', async () => {
    const counter = await make<Counter>('Counter');
    const much = Buffer.alloc(8 * 2 ** 20, 7);
    expect(much.equals((await counter.echo(much)) as Buffer)).toBe(true);
  });
});

describe('proxies in shared objects', () => {
  test('share what they stand for', async () => {
    const [keeper, counter] = [await make<Counter>('Plain'), await make<Counter>('Plain', 10)];
    await keeper.keep(counter as never);
    expect(await keeper.increment_kept()).toBe(11);
    const kept = (await keeper.give_kept()) as unknown as Proxied<Counter>;
    expect(await kept.increment()).toBe(12);
    expect(await counter.increment()).toBe(13);
  });

  test('keep it when nobody else does', async () => {
    const [keeper, counter] = [await make<Counter>('Plain'), await make<Counter>('Plain', 10)];
    await keeper.keep(counter as never);
    await counter._close();
    expect(await keeper.increment_kept()).toBe(11);
    const kept = (await keeper.give_kept()) as unknown as Proxied<Counter>;
    expect(await kept.increment()).toBe(12);
  });

  test('may stand for what they are in', async () => {
    const counter = await make<Counter>('Plain');
    await counter.keep(counter as never);
    const kept = (await counter.give_kept()) as unknown as Proxied<Counter>;
    expect(await kept.increment()).toBe(1);
  });
});

describe('references', () => {
  test('are counted', async () => {
    const before = await manager._number_of_objects();
    const counter = await make<Counter>('Counter');
    expect(await manager._number_of_objects()).toBe(before + 1);
    expect(await manager._debug_info()).toMatch(/ {2}[0-9a-f]+: {7}refcount=1\n {4}<Counter object>/);
    await counter._close();
    await counter._close();
    expect(await manager._number_of_objects()).toBe(before);
    expect((await excOf(() => counter.increment())).str).toContain('KeyError');
  });

  test('are given up by proxies that are garbage', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const drop = async (): Promise<string[]> => {
      const proxies = [await make<Counter>('Counter'), await make<Counter>('Counter')];
      const info = await manager._debug_info();
      for (const { _id } of proxies) expect(info).toContain(_id);
      return proxies.map(({ _id }) => _id);
    };
    const ids = await drop();
    let info = await manager._debug_info();
    while (ids.some((id) => info.includes(id))) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
      info = await manager._debug_info();
    }
    for (const id of ids) expect(info).not.toContain(id);
  });

  test('to one object are counted together', async () => {
    const [one, other] = [await make<Mailbox>('get_kept'), await make<Mailbox>('get_kept')];
    expect(one._id).toBe(other._id);
    expect(await manager._debug_info()).toContain(`${one._id}:       refcount=2`);
    await one._close();
    await other.put(1);
    expect(await other.get()).toBe(1);
  });

  test('cannot be given up more often than they were counted', async () => {
    const counter = await make<Counter>('Counter');
    await counter._close();
    await expect(counter._home.decref(counter._id).promise()).rejects.toThrow(RemoteError);
  });
});
