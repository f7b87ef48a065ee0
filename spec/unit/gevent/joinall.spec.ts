import { ValueError } from 'multiprocessing-ts/builtins';
import {
  getcurrent,
  Greenlet,
  iwait,
  joinall,
  killall,
  sleep,
  spawn,
  Timeout,
  wait,
} from 'multiprocessing-ts/gevent';
import { Pool } from 'multiprocessing-ts/gevent/pool';
import { expectKilled, foreign, stderr, turns } from './support';

stderr();

const later = (...seconds: number[]): Greenlet<void>[] => seconds.map((each) => spawn(sleep, each));

describe('joinall', () => {
  test('waits for all and gives them in the order of their ends', async () => {
    const ends = [foreign(), foreign(), foreign()] as const;
    const [a, b, c] = ends.map(({ promise }) => spawn(() => promise)) as [Greenlet, Greenlet, Greenlet];
    const joined = joinall([a, b, c]);
    for (const i of [1, 2, 0] as const) {
      await turns();
      ends[i].resolve();
    }
    expect(await joined).toEqual([b, c, a]);
  });

  test('gives those that ended in time', async () => {
    const { promise, resolve } = foreign();
    const [a, b] = [spawn(() => promise), spawn(() => 1)];
    await b.join();
    expect(await joinall([a, b], { timeout: 0.02 })).toEqual([b]);
    expect(await joinall([a, b], 0.02)).toEqual([b]);
    expect(await joinall([a, b], 0)).toEqual([b]);
    expect(a.has_links()).toBe(0);
    resolve();
    expect(await joinall([a, b], 45)).toHaveLength(2);
  });

  test('gives as many as it is to wait for', async () => {
    const greenlets = later(0.001, 100, 100);
    expect(await joinall(greenlets, { count: 1 })).toEqual([greenlets[0]]);
    expect(await joinall(greenlets, { count: 0 })).toEqual([]);
    await killall(greenlets);
    expect(await joinall(greenlets, { count: 10 })).toHaveLength(3);
  });

  test('does not throw, unless it is told to: then at the first failure', async () => {
    const fail = (): Greenlet =>
      spawn(() => {
        throw new ValueError('bad');
      });
    expect(await joinall([fail(), fail()])).toHaveLength(2);
    const slow = spawn(sleep, 100);
    await expect(joinall([slow, fail()], { raise_error: true })).rejects.toThrow('bad');
    await expect(joinall([slow, fail()], null, true)).rejects.toThrow('bad');
    await slow.kill();
  });

  test('of nothing is done', async () => {
    expect(await joinall([])).toEqual([]);
    expect(await joinall(new Set<Greenlet>())).toEqual([]);
  });

  test('rejects what it cannot understand', async () => {
    await expect(joinall([], { count: -1 })).rejects.toThrow('count must not be negative: -1');
    await expect(joinall([], { timout: 1 } as never)).rejects.toThrow(TypeError);
    await expect(joinall(5 as never)).rejects.toThrow(TypeError);
  });
});

describe('iwait', () => {
  test('gives the greenlets one by one', async () => {
    const { promise, resolve } = foreign();
    const [a, b] = [spawn(() => promise), spawn(() => resolve())];
    const order: Greenlet[] = [];
    for await (const each of iwait([a, b])) order.push(each);
    expect(order).toEqual([b, a]);
  });

  test('leaves nothing behind when it is left', async () => {
    const greenlets = later(0.001, 100);
    for await (const each of iwait(greenlets)) {
      expect(each).toBe(greenlets[0]);
      break;
    }
    expect(greenlets[1]?.has_links()).toBe(0);
    await killall(greenlets);
  });

  test('throws at the call for wrong arguments', () => {
    expect(() => iwait([], { timeout: 'x' } as never)).toThrow(TypeError);
  });
});

describe('wait', () => {
  test('gives those that are ready', async () => {
    const greenlets = later(0.001, 100);
    await greenlets[0]?.join();
    expect(await wait(greenlets, 0.02)).toEqual([greenlets[0]]);
    expect(await wait(greenlets, { count: 1 })).toEqual([greenlets[0]]);
    await killall(greenlets);
  });
});

describe('killall', () => {
  test('kills all, begun or not, and waits for them', async () => {
    const greenlets = later(10, 10);
    await turns();
    greenlets.push(spawn(sleep, 10), new Greenlet(sleep, 10));
    await killall(greenlets);
    for (const each of greenlets) expectKilled(each);
  });

  test('waits no longer than it is told, and says so', async () => {
    const { promise, resolve } = foreign();
    const stubborn = spawn(async () => {
      await sleep(10).catch(() => promise);
    });
    await turns();
    await expect(killall([stubborn], { timeout: 0.01 })).rejects.toThrow(new Timeout(0.01));
    resolve();
    await stubborn.get();
  });

  test('does not wait, if it is not to block', async () => {
    const greenlets = later(10, 10);
    await turns();
    await killall(greenlets, ValueError, false);
    expect(greenlets.map((each) => each.dead)).toEqual([false, false]);
    await turns();
    expect(greenlets.map((each) => each.exception)).toEqual([new ValueError(), new ValueError()]);
  });

  test('kills the caller, too', async () => {
    const greenlet = spawn(async () => {
      await killall([getcurrent()]);
    });
    await greenlet.join();
    expectKilled(greenlet);
  });
});

test('what has ended in time is told, even if the event loop was held up', async () => {
  const hold = (): void => {
    const end = performance.now() + 30;
    while (performance.now() < end);
  };
  const greenlets = [spawn(sleep, 0.001), spawn(sleep, 0.001), spawn(sleep, 0.001)];
  const [a, b, c] = greenlets as [Greenlet, Greenlet, Greenlet];
  const pool = new Pool(1);
  await pool.add(c);
  await turns();
  const told = [
    joinall(greenlets, { timeout: 0.01 }),
    a.get({ timeout: 0.01 }),
    b.join(0.01),
    pool.join(0.01),
  ];
  hold();
  expect(await Promise.all(told)).toEqual([[a, b, c], undefined, undefined, true]);
});
