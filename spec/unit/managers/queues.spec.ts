import fc from 'fast-check';
import { Queue } from '../../../lib/managers/referents/queue';
import { Empty, Full } from '../../../lib/queues/errors';
import { Client, errorOf, settled, timed, turn } from './support';

describe('Queue', () => {
  test('gives what was put, in its order', async () => {
    const queue = new Queue();
    for (const item of [1, null, undefined, 'x']) await queue.put(item);
    expect(queue.qsize()).toBe(4);
    expect(queue.empty()).toBe(false);
    expect([
      await queue.get(),
      await queue.get_nowait(),
      await queue.get(),
      await queue.get(true, 45),
    ]).toEqual([1, null, undefined, 'x']);
    expect(queue.empty()).toBe(true);
  });

  test('is full with as many items as it is told', async () => {
    const queue = new Queue(2);
    await queue.put(1);
    expect(queue.full()).toBe(false);
    await queue.put_nowait(2);
    expect(queue.full()).toBe(true);
    await expect(queue.put_nowait(3)).rejects.toThrow(Full);
    await expect(queue.put(3, false)).rejects.toThrow(Full);
    const [outcome, seconds] = await timed(() => errorOf(() => queue.put(3, true, 0.05)));
    expect(outcome).toBe('Full: ');
    expect(seconds).toBeGreaterThanOrEqual(0.049);
    expect(queue.qsize()).toBe(2);
  });

  test('that is empty says so, at once or when the timeout is over', async () => {
    const queue = new Queue();
    await expect(queue.get_nowait()).rejects.toThrow(Empty);
    await expect(queue.get(false, -1)).rejects.toThrow(Empty);
    await expect(queue.get(true, 0)).rejects.toThrow(Empty);
    const [outcome, seconds] = await timed(() => errorOf(() => queue.get(true, 0.05)));
    expect(outcome).toBe('Empty: ');
    expect(seconds).toBeGreaterThanOrEqual(0.049);
  });

  test('that has no bound is never full', async () => {
    for (const maxsize of [0, -3]) {
      const queue = new Queue(maxsize);
      for (let i = 0; i < 100; i++) await queue.put(i, true, -1);
      expect(queue.full()).toBe(false);
    }
  });

  test('refuses impossible timeouts as Python does', async () => {
    const queue = new Queue(1);
    const text = "ValueError: 'timeout' must be a non-negative number";
    expect(await errorOf(() => queue.put(1, true, -1))).toBe(text);
    expect(await errorOf(() => queue.get(true, -1))).toBe(text);
    expect(await errorOf(() => queue.get(true, 'x'))).toBe(
      "TypeError: '<' not supported between instances of 'str' and 'int'",
    );
    expect(await errorOf(() => queue.put())).toBe(
      "TypeError: Queue.put() missing 1 required positional argument: 'item'",
    );
  });

  test('serves those who wait in the order in which they came', async () => {
    const queue = new Queue();
    const gets = [queue.get(), queue.get(), queue.get()];
    for (let i = 0; i < 3; i++) await queue.put(i);
    expect(await Promise.all(gets)).toEqual([0, 1, 2]);

    const small = new Queue(1);
    await small.put(0);
    const puts = [1, 2, 3].map((item) => small.put(item));
    expect(await settled(Promise.race(puts))).toBe(false);
    expect([await small.get(), await small.get(), await small.get(), await small.get()]).toEqual([
      0, 1, 2, 3,
    ]);
    await Promise.all(puts);
  });

  test('joins when all tasks are done', async () => {
    const queue = new Queue();
    await queue.join();
    for (let i = 0; i < 3; i++) await queue.put(i);
    const joining = queue.join();
    for (let i = 0; i < 3; i++) {
      expect(await settled(joining)).toBe(false);
      await queue.get();
      queue.task_done();
    }
    await joining;
    expect(() => {
      queue.task_done();
    }).toThrow('task_done() called too many times');
  });

  test('is written as in Python', () => {
    expect(new Queue().__repr__()).toMatch(/^<queue\.Queue object at 0x[0-9a-f]+>$/);
  });

  describe('when the connection ends', () => {
    test('of one who waits for an item, it goes to the next', async () => {
      const queue = new Queue();
      const gone = new Client();
      const lost = gone.do(() => queue.get());
      const next = queue.get();
      gone.end(queue);
      await queue.put('precious');
      await expect(lost).rejects.toThrow('the connection of the caller has ended');
      expect(await next).toBe('precious');
    });

    test('of one who has an item but was never told, it comes back to the front', async () => {
      const queue = new Queue();
      await queue.put('first');
      await queue.put('second');
      const item = await new Client().do(() => queue.get());
      queue.undelivered('get', item);
      expect([await queue.get(), await queue.get()]).toEqual(['first', 'second']);
    });

    test('of one who has an item but was never told, it goes to who waits', async () => {
      const queue = new Queue();
      await queue.put('precious');
      const item = await new Client().do(() => queue.get_nowait());
      const next = queue.get();
      queue.undelivered('get_nowait', item);
      expect(await next).toBe('precious');
    });

    test('of one who puts, nothing is put, but what is in is in', async () => {
      const queue = new Queue(1);
      const gone = new Client();
      await gone.do(() => queue.put(1));
      const lost = gone.do(() => queue.put(2));
      gone.end(queue);
      await expect(lost).rejects.toThrow('the connection of the caller has ended');
      queue.undelivered('put', undefined);
      expect(await queue.get()).toBe(1);
      expect(queue.empty()).toBe(true);
    });

    test('of one who joins, nobody is harmed', async () => {
      const queue = new Queue();
      const gone = new Client();
      await queue.put(1);
      const lost = gone.do(() => queue.join());
      const joining = queue.join();
      gone.end(queue);
      await expect(lost).rejects.toThrow('the connection of the caller has ended');
      queue.task_done();
      await joining;
    });
  });

  test('loses no item and gives none twice, whoever ends and whoever is late', async () => {
    type Action = 'put' | 'get' | 'end' | 'undelivered';
    const action = fc.constantFrom<Action>('put', 'put', 'get', 'get', 'get', 'end', 'undelivered');
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.array(action, { maxLength: 60 }), async (maxsize, actions) => {
        const queue = new Queue(maxsize);
        const open = new Set<Client>();
        const [put, got]: [number[], number[]] = [[], []];
        let next = 0;
        for (const each of actions) {
          const client = new Client();
          if (each === 'put') {
            const item = next++;
            open.add(client);
            client
              .do(() => queue.put(item))
              .then(
                () => put.push(item),
                () => undefined,
              )
              .finally(() => open.delete(client))
              .catch(() => undefined);
          } else if (each === 'get') {
            open.add(client);
            client
              .do(() => queue.get())
              .then(
                (item) => got.push(item as number),
                () => undefined,
              )
              .finally(() => open.delete(client))
              .catch(() => undefined);
          } else if (each === 'end') {
            const [gone] = open;
            open.delete(gone as Client);
            gone?.end(queue);
          } else if (got.length > 0) {
            queue.undelivered('get', got.pop());
          }
          await turn();
        }
        for (const gone of [...open]) gone.end(queue);
        await turn();
        while (!queue.empty()) got.push((await queue.get()) as number);
        expect(got.sort((a, b) => a - b)).toEqual(put);
      }),
      { numRuns: 150 },
    );
  });
});
