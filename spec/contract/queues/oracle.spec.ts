import { RuntimeError } from 'multiprocessing-ts/builtins';
import { register } from 'multiprocessing-ts/reduction';
import * as queue from 'multiprocessing-ts/queue';
import { exc, excOf, soon } from '../support';
import { FACADES } from './facades';
import { masked, range, recorded } from './support';

/** The cases of the probe: what CPython answers, we answer. */
const same = async (call: () => unknown, name: string): Promise<void> => {
  expect(masked(await excOf(call))).toEqual(exc(recorded(name)));
};

/** What its class refuses to be sent. */
class Unp {
  readonly why = 'its class says so';
}
register(Unp, {
  reduce: (): never => {
    throw new RuntimeError('no pickle');
  },
  rebuild: () => new Unp(),
});

describe.each(FACADES)('$facade', ({ facade, Queue, JoinableQueue, SimpleQueue }) => {
  test('a bounded queue', async () => {
    const q = new Queue<number>(2);
    await expect(q.put(1)).resolves.toBeUndefined();
    expect(recorded('put returns').ok).toBeNull();
    await q.put(2);
    expect([q.full(), q.qsize(), q.empty()]).toEqual(recorded('full,qsize,empty').ok);
    await same(() => {
      q.put_nowait(3);
    }, 'put_nowait full');
    await same(() => q.put(3, true, 0.05), 'put timeout');
    await same(() => q.put(3, false), 'put(block=False)');
    await same(() => q.put(3, { timeout: -1 }), 'put timeout=-1');
    expect([await q.get(), await q.get()]).toEqual([1, 2]);
    await same(() => q.get_nowait(), 'get_nowait empty');
    await same(() => q.get({ timeout: 0.05 }), 'get timeout');
    await same(() => q.get({ timeout: -1 }), 'get timeout=-1');
    await same(() => q.get(false), 'get(False)');
  });

  test('Empty and Full are those of the module queue', async () => {
    const q = new Queue<number>(1);
    expect(await q.get(false).catch((error: unknown) => error)).toBeInstanceOf(queue.Empty);
    await q.put(1);
    expect(await q.put(1, false).catch((error: unknown) => error)).toBeInstanceOf(queue.Full);
  });

  test('what a closed queue does, and one that was never used', async () => {
    const q = new Queue<number>();
    await same(() => q.join_thread(), 'join_thread before close');
    await q.put(1);
    await q.get();
    q.close();
    await same(() => q.put(1), 'put after close');
    await same(() => q.get(), 'get after close');
    expect(() => {
      q.close();
    }).not.toThrow();
    await expect(q.join_thread()).resolves.toBeUndefined();
    expect(recorded('join_thread').ok).toBeNull();
    await same(() => q.empty(), 'empty after close of used queue');
    expect(q.qsize()).toBe(recorded('qsize after close').ok);
    expect(q.full()).toBe(recorded('full after close').ok);
    expect(() => {
      q.cancel_join_thread();
    }).not.toThrow();

    const unused = new Queue();
    unused.close();
    expect(unused.empty()).toBe(recorded('unused closed queue empty()').ok);
    await same(() => unused.get(false), 'unused closed get');
  });

  test('no maxsize, or one below 0, is no bound', () => {
    const queues = [new Queue(), new Queue(-5), new Queue({ maxsize: 0 })];
    for (let i = 0; i < 200; i++) for (const q of queues) q.put_nowait(i);
    expect(queues.map((q) => [q.qsize(), q.full()])).toEqual(queues.map(() => [200, false]));
  });

  test('an item is as it was when it was put, which Python does not promise', async () => {
    const q = new Queue<number[]>();
    const list = [1];
    await q.put(list);
    list.push(2);
    expect(await q.get()).toEqual([1]);
  });

  test('empty() is false right after a put, in Python a little later', async () => {
    const q = new Queue<number>();
    await q.put(5);
    expect(q.empty()).toBe(recorded('empty() right after put may be True (racy); after sleep').ok);
  });

  test('what cannot be sent rejects the put (H18: Python drops it), takes no room, and harms nothing', async () => {
    const q = new Queue<unknown>(1);
    // Python puts it on stderr: recorded as [what comes next, was it on stderr, is the queue empty then].
    const [next, printed, empty] = recorded('unpicklable put: dropped, traceback on stderr, slot released')
      .ok as [string, boolean, boolean];
    const error = (await q.put(new Unp()).catch((thrown: unknown) => thrown)) as Error;
    expect(`${error.message} ${String(error.cause)}`.includes('no pickle')).toBe(printed);
    expect([q.qsize(), q.full()]).toEqual([0, false]);
    await q.put('ok');
    expect(await q.get(true, 45)).toBe(next);
    expect(q.empty()).toBe(empty);
  });

  test('a JoinableQueue', async () => {
    const j = new JoinableQueue<number>();
    await j.put(1);
    await j.put(2);
    await j.get();
    j.task_done();
    // The other facade would wait here for ever.
    const joining = facade === 'async' ? j.join() : null;
    if (joining !== null) {
      const { hang } = recorded('join blocks with unfinished');
      await expect(soon(joining, 'the end', hang)).rejects.toThrow('the end did not come');
    }
    await j.get();
    j.task_done();
    await soon(joining ?? j.join());
    await j.join();
    await same(() => {
      j.task_done();
    }, 'task_done too many');
  });

  test('a JoinableQueue may be bounded as well', async () => {
    const j = new JoinableQueue<number>(recorded('JoinableQueue shares maxsize').ok as number);
    for (const i of range(3)) await j.put(i);
    expect(j.full()).toBe(true);
  });

  test('a SimpleQueue', async () => {
    const s = new SimpleQueue<unknown>();
    expect(s.empty()).toBe(recorded('SimpleQueue empty').ok);
    await s.put({ a: 1 });
    expect([s.empty(), await s.get(), s.empty()]).toEqual(recorded('get').ok);
    const refused = (await s.put(new Unp()).catch((thrown: unknown) => thrown)) as Error;
    expect(`${refused.message} ${String(refused.cause)}`).toContain(
      exc(recorded('SimpleQueue put unpicklable raises in caller')).str,
    );
    s.close();
    await same(() => s.put(1), 'SimpleQueue put closed');
    await same(() => s.get(), 'SimpleQueue get closed');
    await same(() => s.empty(), 'SimpleQueue empty closed');
    expect(() => {
      s.close();
    }).not.toThrow();
  });

  test.each([
    ['SimpleQueue', SimpleQueue],
    ['Queue', Queue],
  ])('%s has every method of Python’s', (name, Class) => {
    const methods = recorded(`${name} methods`).ok as string[];
    expect(methods.filter((each) => !(each in Class.prototype))).toEqual([]);
  });

  test('queues go through queues, which Python refuses', async () => {
    expect(recorded('queue through a queue').exc).toBeDefined();
    const [a, b] = [new Queue<InstanceType<typeof Queue<string>>>(), new Queue<string>()];
    await a.put(b);
    const again = await a.get({ timeout: 45 });
    await again.put('through');
    expect(await b.get()).toBe('through');
  });

  test('nothing is an item as well', async () => {
    const q = new Queue<null | undefined>();
    await q.put(null);
    expect(await q.get()).toBe(recorded('put(None)').ok);
    await q.put(undefined);
    expect(await q.get()).toBeUndefined();
  });

  test('items come in the order of one producer', async () => {
    const q = new Queue<number>();
    for (const i of range(5)) await q.put(i);
    const got = [];
    for (let i = 0; i < 5; i++) got.push(await q.get());
    expect(got).toEqual(recorded('ordering single producer').ok);
  });

  test('block and timeout go by position too', async () => {
    const error = await excOf(() => new Queue().get(true, 0.01));
    expect(error).toEqual(exc(recorded('Queue positional block,timeout')));
  });

  test('there is no shutdown', () => {
    expect('shutdown' in new Queue()).toBe(recorded('shutdown() does not exist').exc === undefined);
  });

  describe('what is no argument of theirs', () => {
    test.each<[string, () => unknown]>([
      ["put() missing 1 required positional argument: 'obj'", () => (new Queue().put as () => unknown)()],
      [
        "put_nowait() missing 1 required positional argument: 'obj'",
        () => {
          (new Queue().put_nowait as () => void)();
        },
      ],
      ["'string' object cannot be interpreted as an integer", () => new Queue('1' as never)],
      ["'number' object cannot be interpreted as an integer", () => new Queue(1.5)],
      ['signed integer is greater than maximum', () => new Queue(2 ** 31)],
    ])('%s', async (message, call) => {
      expect((await excOf(call)).str).toBe(message);
    });

    test('an unknown keyword is named', async () => {
      expect((await excOf(() => new Queue().get({ timeuot: 1 } as never))).str).toContain('timeuot');
      expect((await excOf(() => new Queue({ maxsiez: 1 } as never))).type).toBe('TypeError');
    });

    test('a timeout that is no number', async () => {
      expect((await excOf(() => new Queue().get(true, 'x' as never))).type).toBe('TypeError');
    });
  });
});
