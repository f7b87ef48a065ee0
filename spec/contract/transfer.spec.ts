import { PicklingError } from 'multiprocessing-ts/reduction';
import { transfer, WorkerLostError } from 'multiprocessing-ts/pool';
import { BOTH, all, contract, drain, excOf, open, pass, scratch, soon } from './support';

const path = scratch();
const SIZES = [10, 200_000];
const ramp = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i);
const lengthOf = (data: { readonly length: number }): number => data.length;

contract(
  'memory that is moved',
  (makePool) => {
    test.each(SIZES)('is there, and gone here: %d numbers', async (length) => {
      const data = ramp(length);
      const result = makePool(1).apply_async((x: Float64Array) => [x.length, x.at(-1)], [transfer(data)]);
      // At once, whenever it is run.
      expect([data.length, data.buffer.byteLength]).toEqual([0, 0]);
      expect(await result.get()).toEqual([length, length - 1]);
    });

    test.each(SIZES)('goes there and comes back: %d numbers', async (length) => {
      const pool = makePool(1);
      const back = await pool.apply(
        (x: Float64Array) => {
          x[0] = 5;
          (globalThis as { kept?: unknown }).kept = x;
          return transfer(x);
        },
        [transfer(ramp(length))],
      );
      expect(back).toBeInstanceOf(Float64Array);
      expect([back.length, back[0], back.at(-1), back.buffer.byteLength]).toEqual([
        length,
        5,
        length - 1,
        length * 8,
      ]);
      expect(await pool.apply(() => (globalThis as { kept?: Float64Array }).kept?.length)).toBe(0);
    });

    test('is moved out of what holds it, with all its views', async () => {
      const [list, map, data] = [ramp(10), ramp(20_000), ramp(30_000)];
      const frame = {
        list: [transfer(list)],
        map: new Map([['k', transfer(map.buffer)]]),
        data,
        part: data.subarray(1, 3),
      };
      transfer(frame.part);
      const seen = await makePool(1).apply(
        ({ list: [first], map: others, data: whole, part }: typeof frame) => [
          first?.length,
          others.get('k')?.byteLength,
          whole.length,
          [...part],
          part.buffer === whole.buffer,
        ],
        [frame],
      );
      expect(seen).toEqual([10, 160_000, 30_000, [1, 2], true]);
      expect([list, map, data, frame.part].map(lengthOf)).toEqual([0, 0, 0, 0]);
    });

    test('is moved item by item', async () => {
      const frames = (): Float64Array[] => SIZES.concat(SIZES).map((length) => transfer(ramp(length)));
      const pool = makePool(2);
      const sum = (x: Float64Array): number => x.reduce((a, b) => a + b, 0);
      const sums = frames().map(sum);
      const given = [frames(), frames(), frames(), frames()] as const;
      expect(await pool.map(sum, given[0])).toEqual(sums);
      expect(await pool.map(sum, given[1], 2)).toEqual(sums);
      expect(
        await pool.starmap(
          (x: Float64Array, k: number) => sum(x) * k,
          given[2].map((x) => [x, 1] as const),
        ),
      ).toEqual(sums);
      expect(await all(pool.imap(sum, given[3]))).toEqual(sums);
      expect(given.flat().map(lengthOf)).toEqual(new Array(16).fill(0));
    });

    test('is untouched when it is marked and not sent, and when something beside it cannot be', async () => {
      const data = transfer(ramp(200_000));
      const pool = makePool(1);
      expect(await pool.apply((x: number) => x, [1])).toBe(1);
      await expect(pool.apply((x: unknown) => x, [[data, Promise.resolve()]])).rejects.toThrow(
        'a Promise cannot be sent',
      );
      const promise = Promise.resolve();
      await expect(pool.apply(async (_: unknown) => promise, [data])).rejects.toThrow(
        'a Promise cannot be sent',
      );
      await expect(pool.apply(lengthOf, [data], { signal: AbortSignal.abort('no') })).rejects.toBe('no');
      expect(lengthOf(data)).toBe(200_000);
    });

    test('is copied when a function captures it, and when every worker gets it', async () => {
      const data = transfer(ramp(200_000));
      let given = 0;
      const pool = makePool(
        2,
        (x: Float64Array) => {
          given = x.length;
        },
        { initargs: [data] },
      );
      expect(await pool.map(() => given + data.length, [1, 2, 3, 4], 1)).toEqual(new Array(4).fill(400_000));
      expect(lengthOf(data)).toBe(200_000);
    });

    test('cannot be sent again: the result says so, and how it was reached', async () => {
      const pool = makePool(1);
      const data = ramp(10);
      expect(await pool.apply(lengthOf, [transfer(data)])).toBe(10);
      const error = await excOf(() =>
        pool.apply((x: { deep: Float64Array }) => x.deep.length, [{ deep: data }]),
      );
      expect(error.type).toBe('PicklingError');
      expect(error.str).toMatch(
        /^a detached ArrayBuffer cannot be sent: .*\n {2}reached through:\n\s+\[0\]\n\s+\.deep\n/,
      );
      const items = await drain(pool.imap(lengthOf, [ramp(1), data, ramp(2)]), ({ name }) => name);
      expect(items.slice(0, 3)).toEqual([1, 'PicklingError', 2]);
      await expect(pool.apply(() => data.length)).rejects.toBeInstanceOf(PicklingError);
    });

    test('must be moveable', async () => {
      const small = transfer(Buffer.from('of a pool that node has'));
      await expect(makePool(1).apply(lengthOf, [small])).rejects.toThrow('this ArrayBuffer cannot be moved');
      expect(small.toString()).toBe('of a pool that node has');
    });

    test.each(SIZES)('is lost with the worker that has it, and with no other: %d numbers', async (length) => {
      const pool = makePool(1);
      const [gate, data] = [path('gate'), ramp(length)];
      const first = pool.apply_async((at: string) => (pass(at), process.exit(3)), [gate]);
      const second = pool.apply_async(lengthOf, [transfer(data)]);
      const third = pool.apply_async(
        (x: Float64Array) => process.exit(x.length & 1),
        [transfer(ramp(length + 1))],
      );
      const fourth = pool.apply_async(lengthOf, [transfer(ramp(length))]);
      open(gate);
      await expect(soon(first.get())).rejects.toBeInstanceOf(WorkerLostError);
      expect(await soon(second.get())).toBe(length);
      await expect(soon(third.get())).rejects.toBeInstanceOf(WorkerLostError);
      expect(await soon(fourth.get())).toBe(length);
      expect(data).toHaveLength(0);
    });

    test('does not wait behind a long call while another worker is idle', async () => {
      const pool = makePool(2);
      const gate = path('gate');
      // Known to be short, so they are sent ahead to workers that are busy.
      await pool.map(
        lengthOf,
        Array.from({ length: 200 }, () => ramp(1)),
        1,
      );
      const long = pool.apply_async(pass, [gate]);
      const moved = Array.from({ length: 20 }, () => pool.apply_async(lengthOf, [transfer(ramp(200_000))]));
      const lengths = await soon(Promise.all(moved.map((result) => result.get())));
      open(gate);
      expect(lengths).toEqual(new Array(20).fill(200_000));
      await soon(long.get());
    });

    test('an aborted call that has it takes its worker with it, and no other call', async () => {
      const pool = makePool(1);
      const gate = path('gate');
      const controller = new AbortController();
      const running = pool.apply_async(
        (at: string, x: Float64Array) => (pass(at), x.length),
        [gate, transfer(ramp(200_000))],
        {
          signal: controller.signal,
        },
      );
      const waiting = pool.apply_async(lengthOf, [transfer(ramp(200_000))]);
      controller.abort('enough');
      await expect(soon(running.get())).rejects.toBe('enough');
      expect(await soon(waiting.get())).toBe(200_000);
      open(gate);
    });
  },
  BOTH,
);
