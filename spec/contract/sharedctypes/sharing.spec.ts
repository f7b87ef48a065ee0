import {
  get_context,
  Pool,
  Process,
  RawArray,
  RawValue,
  Semaphore,
  type Condition,
} from 'multiprocessing-ts';
import { AssertionError, AttributeError, range } from 'multiprocessing-ts/builtins';
import { ProcessPoolExecutor } from 'multiprocessing-ts/concurrent/futures';
import { ThreadPool } from 'multiprocessing-ts/pool';
import { CharArray, type Synchronized, type TypeCode } from 'multiprocessing-ts/sharedctypes';
import { BOTH, exc, excOf, soon } from '../support';
import { killAll, run } from '../process/support';
import { bytes, namesOf, ok, recorded } from './support';

type Counter = Synchronized;
const CODES = Array.from('cubBhHiIlLqQfd') as TypeCode[];
const ITEMS = Array.from({ length: 40 }, (_, i) => i);

/** Python's `with counter: counter.value += 1`. */
async function increment(counter: Counter, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    using _ = await counter.hold();
    counter.value += 1;
  }
}

describe.each([
  { facade: 'async', method: 'spawn' },
  { facade: 'async', method: 'thread' },
  { facade: 'sync', method: 'spawn' },
] as const)('shared values and arrays ($facade, $method)', ({ facade, method }) => {
  const { Condition, Lock, SharedArray, Value } = namesOf(facade);
  const base = Value('i', 0);
  let received: Counter | null = null;
  let pool: Pool;
  /** Of one worker. */
  let single: Pool;
  beforeAll(() => {
    const initializer = (given: Counter): void => void (received = given);
    const Class = get_context(method).Pool;
    pool = new Class(2, { initializer, initargs: [base] });
    single = new Class(1);
  });
  afterAll(async () => {
    await pool.terminate();
    await single.terminate();
  });

  test('count in whatever way a worker has received them, and nothing is lost', async () => {
    const counter = base;
    // From the initializer, as a variable, as an argument, in an object, as items, as a keyword.
    await pool.map(() => increment(received as unknown as Counter), ITEMS);
    await pool.map(() => increment(counter), ITEMS);
    await pool.apply(increment, [counter, 40]);
    await pool.apply(({ deep: [each] }: { deep: Counter[] }) => increment(each!, 40), [{ deep: [counter] }]);
    await pool.map((each: Counter) => increment(each), Array<Counter>(40).fill(counter), 3);
    await pool.apply(({ to }: { to: Counter }) => increment(to, 40), [], { to: counter });
    expect(counter.value).toBe(240);
  });

  test('of every type are the same here and there', async () => {
    const given = (code: TypeCode): unknown => (code === 'c' ? bytes('k') : code === 'u' ? '☃' : 7);
    const values = CODES.map((code) => RawValue(code));
    const arrays = CODES.map((code) => RawArray(code, 2));
    await pool.apply(
      (vs: { value: unknown }[], as: Record<number, unknown>[], list: unknown[]) => {
        vs.forEach((each, i) => (each.value = list[i]));
        as.forEach((each, i) => (each[-1] = list[i]));
      },
      [values, arrays, CODES.map(given)],
    );
    expect(values.map(({ value }) => value)).toEqual(CODES.map(given));
    expect(arrays.map((array) => array[1])).toEqual(CODES.map(given));
    expect(values.map(String)).toEqual(await pool.map(String, values));
  });

  test('an array is filled through its typed array by all of them', async () => {
    const squares = SharedArray('d', 1000);
    await pool.map(
      (from) => {
        const view = squares.buffer;
        for (let i = from; i < from + 250; i++) view[i] = i * i;
      },
      range(0, 1000, 250),
    );
    expect(squares.slice()).toEqual(Array.from({ length: 1000 }, (_, i) => i * i));
  });

  test('what a worker makes and returns is shared with it', async () => {
    let kept: ReturnType<typeof make> | null = null;
    const make = () => SharedArray('i', [1, 2, 3]);
    const array = await single.apply(() => (kept = make()));
    expect(array.slice()).toEqual([1, 2, 3]);
    array[0] = 9;
    expect(await single.apply(() => (kept as unknown as ReturnType<typeof make>).slice())).toEqual([9, 2, 3]);
  });

  test('text is text there', async () => {
    const text = SharedArray('c', bytes('hello'));
    const raw = SharedArray('c', 5, { lock: false });
    const upper = await pool.apply(
      (a: typeof text, b: typeof raw) => {
        a.value = Buffer.from(a.value.toString().toUpperCase());
        b.raw = a.raw;
        return [a.constructor.name, b.constructor.name];
      },
      [text, raw],
    );
    expect(upper).toEqual(['SynchronizedString', 'CharArray']);
    expect(raw).toBeInstanceOf(CharArray);
    expect([text.value, raw.value]).toEqual([bytes('HELLO'), bytes('HELLO')]);
  });

  test('values that share a lock share it there', async () => {
    const lock = new Lock();
    const pair = [Value('i', 1, { lock }), Value('i', 2, { lock })] as const;
    const same = await pool.apply(
      async ([a, b]: typeof pair) => {
        using _ = await a.hold();
        return [a.get_lock() === b.get_lock(), b.get_lock().locked(), await b.acquire(false)];
      },
      [pair],
    );
    expect(same).toEqual([true, true, false]);
    expect(lock.locked()).toBe(false);
  });

  test('the lock of a value is the lock of a condition', async () => {
    const level = Value('i', 0);
    const changed = new Condition(level.get_lock());
    const waiting = pool.apply_async(
      async (value: Counter, condition: Condition) => {
        using _ = await condition.hold();
        return await condition.wait_for(() => value.value >= 3 && value.value, 45);
      },
      [level, changed],
    );
    for (let i = 0; i < 3; i++) {
      using _ = await level.hold();
      level.value += 1;
      changed.notify_all();
    }
    expect(await soon(waiting.get())).toBe(3);
  });

  test('what is held here is held there', async () => {
    const counter = Value('i');
    const tries = (each: Counter) => each.acquire({ timeout: 0.02 });
    await counter.acquire();
    expect(await single.apply(tries, [counter])).toBe(false);
    counter.release();
    expect(await single.apply(tries, [counter])).toBe(true);
    // The worker's holder is its thread, which still is there.
    expect(await counter.acquire(false)).toBe(false);
    await single.apply(
      (each: Counter) => {
        each.release();
      },
      [counter],
    );
    expect(await counter.acquire(false)).toBe(true);
  });

  test('an own kind of lock travels with it, as any object does', async () => {
    const own = { acquire: async () => true, release: () => undefined };
    const value = Value('i', 1, { lock: own });
    expect(await pool.apply((each: typeof value) => each.acquire(), [value])).toBe(true);
  });
});

describe.each(BOTH.map((facade) => ({ facade })))('processes ($facade)', ({ facade }) => {
  const { SharedArray, Value } = namesOf(facade);
  afterEach(killAll);

  test.each(['spawn', 'thread'] as const)('of %s receive them as arguments', async (method) => {
    const Class = get_context(method).Process;
    const total = Value('q', 2n ** 60n);
    const parts = SharedArray('i', 3);
    const crowd = [0, 1, 2].map((i) => {
      const target = async (to: typeof parts, sum: typeof total, index: number): Promise<void> => {
        to[index] = index + 1;
        using _ = await sum.hold();
        sum.value = BigInt(sum.value) + BigInt(index);
      };
      return new Class({ target, args: [parts, total, i] });
    });
    expect(await Promise.all(crowd.map(run))).toEqual([0, 0, 0]);
    expect(parts.slice()).toEqual([1, 2, 3]);
    expect(total.value).toBe(2n ** 60n + 3n);
  });

  test('keep what one that was killed has written, and the lock says that it died', async () => {
    const counter = Value('i', 0);
    const there = new Semaphore(0);
    const process = new Process({
      target: async (c: Counter, s: Semaphore) => {
        await c.acquire();
        c.value = 5;
        s.release();
        await s.acquire();
        await new Promise(() => setInterval(() => undefined, 1000));
      },
      args: [counter, there],
    });
    process.start();
    await there.acquire();
    process.kill();
    await process.join();
    await expect((async () => await counter.acquire())()).rejects.toMatchObject({ name: 'OwnerDiedError' });
    expect(await counter.acquire()).toBe(true);
    expect(counter.value).toBe(5);
  });

  test('of an executor, and of a pool in a worker, share them', async () => {
    const counter = Value('i', 0);
    await using executor = new ProcessPoolExecutor(2);
    await Promise.all(ITEMS.map((i) => executor.submit(increment, counter, i).result()));
    expect(counter.value).toBe(780);
    await using pool = new Pool(1);
    await pool.apply(
      async (each: Counter) => {
        const inner = new ThreadPool(2);
        await inner.map((to: Counter) => increment(to, 10), [each, each]);
        await inner.terminate();
      },
      [counter],
    );
    expect(counter.value).toBe(800);
  });
});

describe.each(BOTH.map((facade) => ({ facade })))('what is recorded of locks ($facade)', ({ facade }) => {
  const { Lock, SharedArray, Value } = namesOf(facade);
  test.each([
    [true, 'True', 'Synchronized'],
    [null, 'None', 'Synchronized'],
    [false, 'False', 'c_int'],
  ])('lock=%p', (lock, name, ours) => {
    expect(Value('i', 1, { lock } as { lock: true }).constructor.name).toBe(ours);
    expect(ok(`Value lock=${name}`)).toBe(ours);
  });

  test.each([
    ['x', "'x'"],
    [5, '5'],
  ])('lock=%p', async (lock, name) => {
    expect(await excOf(() => Value('i', 1, { lock: lock as never }))).toEqual(
      exc(recorded(`Value lock=${name}`)),
    );
  });

  test('types', () => {
    const value = Value('i', 5);
    expect(value.constructor.name).toBe(ok('type'));
    expect(String(value).split(' for ')[0]).toBe(ok('repr'));
    expect(value.get_obj().constructor.name).toBe(ok('get_obj'));
    expect(value.get_lock().constructor.name).toBe(ok('get_lock'));
    const lock = new Lock();
    expect(Value('i', 1, { lock }).get_lock() === lock).toBe(ok('lock=Lock kept'));
  });

  test('the value is read while its lock is held', async () => {
    const value = Value('i', 6);
    using _ = await value.hold();
    using __ = await value.hold();
    expect(value.value).toBe(ok('recursive lock while holding'));
  });

  test('with a plain Lock too: in Python that never returns', async () => {
    expect(recorded('non-recursive Lock self-deadlock on access while held').hang).toBeGreaterThan(0);
    const value = Value('i', 1, { lock: new Lock() });
    using _ = await value.hold();
    expect(value.value).toBe(1);
    expect(await value.acquire(false)).toBe(false);
  });

  test('they travel at any time: in Python only when a process is started', async () => {
    expect(exc(recorded('pickle outside spawning')).type).toBe('RuntimeError');
    await using pool = new Pool(1);
    expect(await pool.apply((each: Counter) => each.value, [Value('i', 4)])).toBe(4);
  });

  test('an array is equal to itself only', () => {
    const [array, other] = [SharedArray('i', [9, 7, 8]), SharedArray('i', [9, 7, 8])] as const;
    expect(array === other).toBe(ok('=='));
    expect(exc(recorded('append')).type).toBe('AttributeError');
    expect(exc(recorded('Array positional lock')).type).toBe('TypeError');
  });
});

describe.each(BOTH.map((facade) => ({ facade })))('synchronized ($facade)', ({ facade }) => {
  const { Lock, synchronized, Value } = namesOf(facade);
  test('puts a lock beside what has none', async () => {
    const raw = RawValue('i', 3);
    const lock = new Lock();
    const value = synchronized(raw, lock);
    using _ = await value.hold();
    expect([value.get_obj() === raw, value.get_lock() === lock, lock.locked()]).toEqual([true, true, true]);
    value.value = 4;
    expect(raw.value).toBe(4);
    expect(synchronized(RawArray('c', 3))).toHaveProperty('raw', bytes('\0\0\0'));
    expect(synchronized(RawArray('i', 3)).slice()).toEqual([0, 0, 0]);
  });

  test('takes no other objects, and no other locks', () => {
    const anything = synchronized as (...args: unknown[]) => unknown;
    expect(() => anything(Value('i'))).toThrow(new AssertionError('object already synchronized'));
    expect(() => anything(5)).toThrow(new AttributeError("type object 'int' has no attribute '_fields_'"));
    expect(() => anything(RawValue('i'), 5)).toThrow(
      new AttributeError("'int' object has no attribute 'acquire'"),
    );
  });
});
