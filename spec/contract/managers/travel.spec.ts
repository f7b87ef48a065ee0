import { get_context, Pool, Process, Queue } from 'multiprocessing-ts';
import { BaseManager, type Proxied } from 'multiprocessing-ts/managers';
import { soon } from '../support';
import { AUTHKEY, Counter, endAll, started } from './support';

class Own extends BaseManager {}
Own.register('Counter', Counter);

let manager: Own;

beforeAll(async () => {
  manager = await started(new Own());
});

afterAll(endAll);

const counterOf = (of = manager): Promise<Proxied<Counter>> => of.create<Proxied<Counter>>('Counter');

describe('a proxy that is sent', () => {
  test('works in the workers of a pool, and comes back', async () => {
    const counter = await counterOf();
    await using pool = new Pool(2);
    const seen = await pool.map(async (by: number) => counter.add(by), [1, 2, 3, 4]);
    expect(Math.max(...seen)).toBe(10);
    const back = await pool.apply(
      async (proxy: Proxied<Counter>) => {
        await proxy.increment();
        return proxy;
      },
      [counter],
    );
    expect(await back.increment()).toBe(12);
    expect(back._id).toBe(counter._id);
  });

  test('works in threads', async () => {
    const counter = await counterOf();
    await using pool = new (get_context('thread').Pool)(2);
    expect(await pool.apply(async (proxy: Proxied<Counter>) => proxy.increment(), [counter])).toBe(1);
    expect(await counter.increment()).toBe(2);
  });

  test('works in a process, and through a queue', async () => {
    const queue = new Queue<Proxied<Counter>>();
    const process = new Process({
      target: async (from: Queue<Proxied<Counter>>) => {
        await (await from.get()).increment();
      },
      args: [queue],
    });
    process.start();
    const counter = await counterOf();
    await queue.put(counter);
    await soon(process.join());
    expect(process.exitcode).toBe(0);
    expect(await counter.increment()).toBe(2);
  });

  test('brings the key of its manager to a process that is started, and to no other', async () => {
    const other = await started(new Own(null, AUTHKEY));
    const counter = await counterOf(other);
    const process = new Process({
      target: async (proxy: Proxied<Counter>) => {
        await proxy.increment();
      },
      args: [counter],
    });
    process.start();
    await soon(process.join());
    expect(process.exitcode).toBe(0);
    expect(await counter.increment()).toBe(2);
    await using pool = new Pool(1);
    const called = pool.apply(async (proxy: Proxied<Counter>) => proxy.increment(), [counter]);
    await expect(soon(called)).rejects.toThrow('digest sent was rejected');
  });

  test('is counted there, and no more when the process has ended', async () => {
    const counter = await counterOf();
    const references = async (): Promise<string | undefined> =>
      new RegExp(`${counter._id}: +refcount=(\\d+)`).exec(await manager._debug_info())?.[1];
    {
      await using pool = new Pool(1);
      await pool.apply(
        async (proxy: Proxied<Counter>) => {
          await proxy.increment();
          (globalThis as { kept?: unknown }).kept = proxy;
        },
        [counter],
      );
      expect(await references()).toBe('2');
    }
    // The server hears of the end of a connection when the system tells it.
    while ((await references()) !== '1') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await references()).toBe('1');
  });

  test('holds what it stands for on its way', async () => {
    const queue = new Queue<unknown>();
    const before = await manager._number_of_objects();
    await queue.put(await counterOf());
    (globalThis as { gc?: () => void }).gc?.();
    const arrived = (await queue.get()) as Proxied<Counter>;
    expect(await arrived.increment()).toBe(1);
    expect(await manager._number_of_objects()).toBe(before + 1);
  });
});
