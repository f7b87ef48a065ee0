import { ValueError } from 'multiprocessing-ts/builtins';
import {
  getcurrent,
  Greenlet,
  GreenletExit,
  iwait,
  joinall,
  sleep,
  spawn,
  spawn_later,
  with_timeout,
} from 'multiprocessing-ts/gevent';
import { Pool } from 'multiprocessing-ts/gevent/pool';
import { expectKilled, failed, foreign, greenletOf, stderr, turns } from './support';

const errors = stderr();

/** A greenlet in the middle of `body`. */
async function running<T>(body: () => T): Promise<Greenlet<Awaited<T>>> {
  const greenlet = spawn(body);
  await turns();
  return greenlet;
}

/** One that never ends by itself. */
const endless = (): Greenlet => spawn(() => foreign().promise);

describe('a greenlet that is killed before it begins', () => {
  test.each([
    ['made', (run: () => void) => new Greenlet(run)],
    ['spawned', (run: () => void) => spawn(run)],
    ['to begin later', (run: () => void) => spawn_later(0.001, run)],
    ['in line of a pool', (run: () => void) => new Pool(0).spawn(run)],
  ])('is dead at once and never runs: %s', async (_kind, make) => {
    let ran = false;
    const greenlet = make(() => {
      ran = true;
    });
    void greenlet.kill();
    expectKilled(greenlet);
    greenlet.start();
    await sleep(0.005);
    expect(ran).toBe(false);
    expectKilled(greenlet);
  });

  test('by another error has failed with it', async () => {
    const greenlet = new Greenlet(sleep, 1);
    await greenlet.kill(new ValueError('no'));
    expect([greenlet.ready(), greenlet.successful()]).toEqual([true, false]);
    expect(errors()).toMatch(failed(greenletOf('sleep\\(1\\)'), 'ValueError'));
  });
});

describe('a greenlet that is killed while it waits', () => {
  test.each([
    ['in sleep', () => sleep(100)],
    [
      'in sleep(0)',
      async () => {
        for (;;) await sleep();
      },
    ],
    ['in join', () => endless().join()],
    ['in get', () => endless().get({ timeout: 100 })],
    ['in joinall', () => joinall([endless(), endless()])],
    [
      'in iwait',
      async () => {
        for await (const each of iwait([endless()])) return each;
        return null;
      },
    ],
    [
      'in kill of one that will not die',
      async () => {
        const stubborn = spawn(async () => {
          await sleep(100).catch(() => foreign().promise);
        });
        await sleep();
        await stubborn.kill();
      },
    ],
    [
      'in the join of a pool',
      () => {
        const pool = new Pool(1);
        pool.spawn(() => foreign().promise);
        return pool.join();
      },
    ],
    ['for room in a pool', () => new Pool(0).wait_available()],
    ['to enter a pool', () => new Pool(0).start(new Greenlet(sleep, 1))],
    ['in map', () => new Pool(1).map(() => foreign().promise, [1])],
    ['in apply', () => new Pool(1).apply(() => foreign().promise)],
    ['in with_timeout, for somebody else', () => with_timeout(100, () => foreign().promise)],
    ['in with_timeout, in sleep', () => with_timeout(100, sleep, 100)],
  ])('wakes there with a GreenletExit: %s', async (_where, wait) => {
    let thrown: unknown = null;
    const greenlet = await running(async () => {
      try {
        await wait();
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    await greenlet.kill();
    expect(thrown).toBeInstanceOf(GreenletExit);
    expect(greenlet.value).toBe(thrown);
    expectKilled(greenlet);
    expect(errors()).toBe('');
  });

  test('may clean up, and wait meanwhile; kill waits for it', async () => {
    const log: string[] = [];
    const greenlet = await running(async () => {
      try {
        await sleep(100);
      } finally {
        await sleep(0.01);
        log.push('cleaned up');
      }
    });
    await greenlet.kill();
    expect(log).toEqual(['cleaned up']);
    expectKilled(greenlet);
  });

  test('may go on; kill waits no longer than it is told', async () => {
    const { promise, resolve } = foreign<string>();
    const greenlet = await running(async () => {
      await sleep(100).catch(() => undefined);
      return promise;
    });
    await greenlet.kill({ timeout: 0.01 });
    expect(greenlet.ready()).toBe(false);
    resolve('alive');
    expect(await greenlet.get()).toBe('alive');
  });

  test('wakes in all that it waits for at once', async () => {
    const woken: number[] = [];
    const wait = (n: number): Promise<unknown> => sleep(100).catch(() => woken.push(n));
    const greenlet = await running(() => Promise.all([wait(1), wait(2), wait(3)]));
    await greenlet.kill();
    expect(woken).toEqual([1, 2, 3]);
  });

  test('by a class gets an instance, by an instance that one', async () => {
    const [a, b] = [await running(() => sleep(100)), await running(() => sleep(100))];
    const error = new ValueError('mine');
    await a.kill(ValueError);
    await b.kill({ exception: error });
    expect(a.exception).toBeInstanceOf(ValueError);
    expect(b.exception).toBe(error);
    expect(errors()).toMatch(failed(greenletOf('<lambda>'), 'ValueError'));
  });

  test('dies at the next turn, if nobody waits for it', async () => {
    const greenlet = await running(() => sleep(100));
    await greenlet.kill({ block: false });
    expect(greenlet.dead).toBe(false);
    await turns();
    expectKilled(greenlet);
  });

  test('lets others run on', async () => {
    const { promise, resolve } = foreign<string>();
    const other = await running(async () => {
      await sleep(0.02);
      return promise;
    });
    const greenlet = await running(() => sleep(100));
    await greenlet.kill();
    expect(other.ready()).toBe(false);
    resolve('on');
    expect(await other.get()).toBe('on');
  });
});

describe('a greenlet that is killed while it awaits somebody else', () => {
  test('is dead at once', async () => {
    const greenlet = await running(() => foreign().promise);
    await greenlet.kill();
    expectKilled(greenlet);
  });

  test('is ignored when it returns, or fails, later', async () => {
    const [a, b] = [foreign(), foreign()];
    const greenlets = [await running(() => a.promise), await running(() => b.promise)];
    for (const each of greenlets) await each.kill();
    a.resolve();
    b.reject(new ValueError('late'));
    await turns();
    for (const each of greenlets) expectKilled(each);
    expect(errors()).toBe('');
  });

  test('goes no further than to its next wait; then it may clean up', async () => {
    const { promise, resolve } = foreign();
    const log: unknown[] = [];
    const greenlet = await running(async () => {
      try {
        await promise;
        log.push('back');
        await sleep();
        log.push('never');
      } catch (error) {
        await sleep();
        log.push(error);
      }
    });
    await greenlet.kill();
    resolve();
    await turns();
    expect(log).toEqual(['back', greenlet.value]);
  });

  test('starts nothing more in a pool', async () => {
    const { promise, resolve } = foreign<IteratorResult<number>>();
    const input = { [Symbol.asyncIterator]: () => ({ next: () => promise }) };
    const started: number[] = [];
    const results = new Pool(1).imap((x: number) => started.push(x), input);
    await turns();
    await results.return();
    resolve({ value: 1, done: false });
    await turns();
    expect(started).toEqual([]);
  });
});

describe('kill', () => {
  test('of the greenlet that calls it throws there', async () => {
    const log: string[] = [];
    const greenlet = spawn(async () => {
      await getcurrent().kill();
      log.push('never');
    });
    await greenlet.join();
    expectKilled(greenlet);
    expect(log).toEqual([]);
  });

  test('does nothing to one that has ended', async () => {
    const greenlet = spawn(() => 5);
    await greenlet.join();
    await greenlet.kill();
    expect([greenlet.value, greenlet.successful()]).toEqual([5, true]);
  });

  test('may be repeated', async () => {
    const greenlet = await running(() => sleep(100));
    await Promise.all([greenlet.kill(), greenlet.kill(), greenlet.kill(ValueError)]);
    expectKilled(greenlet);
  });

  test('takes an error or a class of errors', async () => {
    await expect(spawn(sleep, 1).kill(5 as never)).rejects.toThrow(
      'exception must be an error or a class of errors, not int',
    );
  });

  test('wakes those who wait for the greenlet', async () => {
    const greenlet = await running(() => sleep(100));
    const joined = greenlet.join();
    const got: Promise<unknown> = greenlet.get();
    void greenlet.kill();
    await joined;
    expect(await got).toBeInstanceOf(GreenletExit);
  });
});
