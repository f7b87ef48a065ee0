import { AssertionError, ValueError } from 'multiprocessing-ts/builtins';
import { GreenletExit, sleep, spawn, Timeout, with_timeout } from 'multiprocessing-ts/gevent';
import { foreign, stderr, turns } from './support';

stderr();

describe('a Timeout', () => {
  test('is thrown into the wait of the greenlet that started it', async () => {
    const log: unknown[] = [];
    const other = spawn(sleep, 100);
    const greenlet = spawn(async () => {
      const timeout = Timeout.start_new(0.01);
      await sleep(100).catch((error: unknown) => log.push(error === timeout, timeout.pending));
    });
    await greenlet.get();
    expect(log).toEqual([true, false]);
    expect(other.ready()).toBe(false);
    await other.kill();
  });

  test('is thrown into the wait of the main greenlet', async () => {
    const timeout = Timeout.start_new(0.01);
    await expect(sleep(100)).rejects.toBe(timeout);
  });

  test('throws another error, or one of another class, instead', async () => {
    const error = new ValueError('mine');
    Timeout.start_new(0.001, error);
    await expect(sleep(100)).rejects.toBe(error);
    Timeout.start_new(0.001, ValueError);
    await expect(sleep(100)).rejects.toBeInstanceOf(ValueError);
  });

  test('is not thrown once it is closed', async () => {
    const timeout = Timeout.start_new(0.001);
    expect(timeout.pending).toBe(true);
    timeout.close();
    expect(timeout.pending).toBe(false);
    await sleep(0.005);
    {
      using other = Timeout.start_new(0.001);
      expect(other.pending).toBe(true);
    }
    await sleep(0.005);
  });

  test('waits for the next wait, if the greenlet awaits somebody else', async () => {
    const timeout = Timeout.start_new(0.001);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(sleep()).rejects.toBe(timeout);
    await sleep();
  });

  test('is forgotten if it is closed before that', async () => {
    const timeout = Timeout.start_new(0.001);
    await new Promise((resolve) => setTimeout(resolve, 10));
    timeout.close();
    await sleep();
    expect(timeout.pending).toBe(false);
  });

  test('never comes without seconds', async () => {
    const timeout = Timeout.start_new();
    expect([timeout.pending, timeout.seconds, timeout.message]).toEqual([false, null, '']);
    await sleep(0.002);
    timeout.close();
  });

  test('says how long it was', () => {
    expect(new Timeout(1).message).toBe('1 second');
    expect(new Timeout(0.5).message).toBe('0.5 seconds');
    expect(new Timeout(2, 'reading').message).toBe('2 seconds: reading');
    expect(String(new Timeout(2))).toBe('Timeout: 2 seconds');
  });

  test('is started once at a time', () => {
    const timeout = Timeout.start_new(1);
    expect(() => {
      timeout.start();
    }).toThrow(AssertionError);
    expect(Timeout.start_new(timeout)).toBe(timeout);
    timeout.cancel();
    timeout.start();
    expect(timeout.pending).toBe(true);
    timeout.close();
  });

  test('takes seconds', () => {
    expect(() => new Timeout('1' as never)).toThrow(
      new TypeError('seconds must be a number of seconds, not str'),
    );
  });
});

describe('with_timeout', () => {
  test('gives the result, or throws the error, that is there in time', async () => {
    expect(await with_timeout(45, async (a: number, b: number) => a + b, 1, 2)).toBe(3);
    await expect(
      with_timeout(45, () => {
        throw new ValueError('no');
      }),
    ).rejects.toThrow('no');
    expect(await with_timeout(null, () => 5)).toBe(5);
  });

  test('throws a Timeout into what the function waits for', async () => {
    let thrown: unknown = null;
    const slow = async (): Promise<void> => {
      await sleep(100).catch((error: unknown) => {
        thrown = error;
        throw error;
      });
    };
    await expect(with_timeout(0.01, slow)).rejects.toThrow(new Timeout(0.01));
    expect(thrown).toBeInstanceOf(Timeout);
  });

  test('gives what the function makes of it', async () => {
    const slow = (): Promise<unknown> => sleep(100).catch(() => 'caught');
    expect(await with_timeout(0.01, slow)).toBe('caught');
  });

  test('leaves a function that awaits somebody else; its next wait rejects', async () => {
    const { promise, resolve } = foreign();
    const log: unknown[] = [];
    const slow = async (): Promise<void> => {
      await promise;
      await sleep().catch((error: unknown) => log.push(error));
    };
    const error = await with_timeout(0.01, slow).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(Timeout);
    resolve();
    await turns();
    expect(log).toEqual([error]);
  });

  test('gives the timeout_value instead, for its own timeout only', async () => {
    expect(await with_timeout(0.01, sleep, 100, { timeout_value: 'late' })).toBe('late');
    expect(await with_timeout(45, sleep, 0.001, { timeout_value: 'late' })).toBeUndefined();
    const inner = (): Promise<void> => with_timeout(0.01, sleep, 100);
    await expect(with_timeout(45, inner, { timeout_value: 'late' })).rejects.toThrow(new Timeout(0.01));
  });

  test('ends its own call, not what runs beside it', async () => {
    const calls = [0.01, 45].map((seconds) => with_timeout(seconds, sleep, 0.03, { timeout_value: 'late' }));
    expect(await Promise.all(calls)).toEqual(['late', undefined]);
  });

  test('makes any promise one that kill can interrupt', async () => {
    const log: string[] = [];
    const greenlet = spawn(async () => {
      try {
        await with_timeout(null, () => foreign().promise);
      } finally {
        log.push('cleaned up');
      }
    });
    await turns();
    await greenlet.kill();
    expect(log).toEqual(['cleaned up']);
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
  });

  test('needs a function and seconds', async () => {
    await expect(with_timeout(1, 5 as never)).rejects.toThrow(TypeError);
    await expect(with_timeout('1' as never, () => 1)).rejects.toThrow(TypeError);
  });
});

describe('sleep', () => {
  test('lets others run', async () => {
    const log: string[] = [];
    spawn(() => log.push('other'));
    await sleep();
    log.push('me');
    expect(log).toEqual(['other', 'me']);
  });

  test('takes its time', async () => {
    const begin = performance.now();
    await sleep(0.05);
    // Node's timers round to milliseconds.
    expect(performance.now() - begin).toBeGreaterThan(48);
  });

  test('takes a number', async () => {
    await expect(sleep('1' as never)).rejects.toThrow('sleep() takes a number of seconds, not str');
    await sleep(-1);
  });

  test('goes by the clock of the test, when that is faked', async () => {
    jest.useFakeTimers();
    try {
      const greenlet = spawn(sleep, 3600 * 24 * 100);
      const got = greenlet.get({ timeout: 60 }).catch((error: unknown) => (error as Error).message);
      await turns();
      await jest.advanceTimersByTimeAsync(60_000);
      expect(await got).toBe('60 seconds');
      await jest.advanceTimersByTimeAsync(3600 * 24 * 1000 * 99);
      expect(greenlet.ready()).toBe(false);
      await jest.advanceTimersByTimeAsync(3600 * 24 * 1000);
      await greenlet.get();
    } finally {
      jest.useRealTimers();
    }
  });
});
