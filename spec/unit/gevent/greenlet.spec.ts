import { AsyncLocalStorage } from 'node:async_hooks';
import { RuntimeError, ValueError } from 'multiprocessing-ts/builtins';
import {
  getcurrent,
  Greenlet,
  GreenletExit,
  sleep,
  spawn,
  spawn_later,
  Timeout,
} from 'multiprocessing-ts/gevent';
import { Pool } from 'multiprocessing-ts/gevent/pool';
import { failed, foreign, greenletOf, stderr, turns } from './support';

const errors = stderr();

describe('a spawned greenlet', () => {
  test('begins at the next turn of the event loop, not at the call', async () => {
    const log: string[] = [];
    spawn(() => log.push('greenlet'));
    log.push('spawned');
    await Promise.resolve();
    log.push('microtask');
    await turns();
    expect(log).toEqual(['spawned', 'microtask', 'greenlet']);
  });

  test('begins in the order of the spawns', async () => {
    const log: number[] = [];
    for (const i of [1, 2, 3]) spawn((n: number) => log.push(n), i);
    await turns();
    expect(log).toEqual([1, 2, 3]);
  });

  test('runs beside others', async () => {
    const log: string[] = [];
    const run = async (name: string): Promise<void> => {
      log.push(name);
      await sleep();
      log.push(name);
    };
    const greenlets = [spawn(run, 'a'), spawn(run, 'b')];
    for (const greenlet of greenlets) await greenlet.join();
    expect(log).toEqual(['a', 'b', 'a', 'b']);
  });

  test('is started, then dead; its value is there with its end', async () => {
    const greenlet = new Greenlet(
      async (a: number, b: number) => {
        await sleep();
        return a + b;
      },
      1,
      2,
    );
    const state = (): unknown[] => [
      greenlet.started,
      greenlet.dead,
      greenlet.ready(),
      greenlet.successful(),
      greenlet.value,
    ];
    expect(state()).toEqual([false, false, false, false, null]);
    greenlet.start();
    expect(state()).toEqual([true, false, false, false, null]);
    await greenlet.join();
    expect(state()).toEqual([false, true, true, true, 3]);
  });

  test('may be an ordinary function', async () => {
    expect(await spawn(Math.max, 1, 5, 3).get()).toBe(5);
  });

  test('may return what is only like a promise', async () => {
    const thenable = {
      then: (resolve: (value: number) => void) => {
        resolve(7);
      },
    };
    expect(await spawn(() => thenable).get()).toBe(7);
  });

  test('runs once, however often it is started', async () => {
    let runs = 0;
    const greenlet = spawn(() => runs++);
    greenlet.start();
    await greenlet.join();
    greenlet.start();
    await turns();
    expect(runs).toBe(1);
  });

  test('does not become the `this` of its function', async () => {
    const greenlet = spawn(function (this: unknown) {
      return this;
    });
    expect(await greenlet.get()).toBeUndefined();
  });

  test('can be returned by an async function, which does not wait for it', async () => {
    const { promise } = foreign();
    const make = async (): Promise<Greenlet<void>> => spawn(() => promise);
    expect((await make()).ready()).toBe(false);
  });

  test('begins later by spawn_later', async () => {
    const log: string[] = [];
    // Its time begins, and so is over, before that of the greenlet.
    const earlier = sleep(0.02).then(() => log.push('before'));
    const greenlet = spawn_later(0.03, (text: string) => log.push(text), 'late');
    expect(greenlet.started).toBe(true);
    await greenlet.join();
    await earlier;
    expect(log).toEqual(['before', 'late']);
  });

  test('needs a function', () => {
    expect(() => spawn(1 as never)).toThrow(new TypeError('The run argument must be callable'));
    expect(() => spawn(undefined as never)).toThrow(TypeError);
    expect(() => spawn_later(NaN, () => 1)).toThrow(TypeError);
  });
});

describe('get', () => {
  test('gives the value again and again, before and after the end', async () => {
    const greenlet = spawn(async () => {
      await sleep();
      return 42;
    });
    expect(await Promise.all([greenlet.get(), greenlet.get()])).toEqual([42, 42]);
    expect(await greenlet.get()).toBe(42);
    expect(await greenlet.get(false)).toBe(42);
  });

  test('throws a Timeout that says after how long', async () => {
    const greenlet = spawn(sleep, 10);
    await expect(greenlet.get(true, 0.01)).rejects.toThrow(new Timeout(0.01));
    await expect(greenlet.get({ timeout: 0 })).rejects.toMatchObject({
      name: 'Timeout',
      message: '0 seconds',
    });
    await expect(greenlet.get({ timeout: 0.01 })).rejects.toBeInstanceOf(Timeout);
    expect(greenlet.has_links()).toBe(0);
    await greenlet.kill();
  });

  test('only looks, if it is not to block', async () => {
    const greenlet = spawn(sleep, 10);
    await expect(greenlet.get(false)).rejects.toMatchObject({ name: 'Timeout', message: '', seconds: null });
    await expect(greenlet.get({ block: false })).rejects.toBeInstanceOf(Timeout);
    await greenlet.kill();
  });

  test('rejects arguments that make no sense', async () => {
    const greenlet = spawn(() => 1);
    await expect(greenlet.get(true, '1' as never)).rejects.toThrow(
      'timeout must be a number of seconds, not str',
    );
    await expect(greenlet.get({ tmeout: 1 } as never)).rejects.toThrow(TypeError);
    await expect(greenlet.join(NaN)).rejects.toThrow(TypeError);
  });

  test('of itself would block for ever, and says so', async () => {
    const greenlet = spawn(async () => {
      await getcurrent().get();
    });
    await expect(greenlet.get()).rejects.toThrow(new RuntimeError('This operation would block forever'));
  });
});

describe('join', () => {
  test('waits for the end', async () => {
    let done = false;
    await spawn(async () => {
      await sleep(0.01);
      done = true;
    }).join();
    expect(done).toBe(true);
  });

  test('waits no longer than it is told; the greenlet goes on', async () => {
    const { promise, resolve } = foreign<number>();
    const greenlet = spawn(() => promise);
    await greenlet.join(0.01);
    await greenlet.join({ timeout: 0 });
    expect(greenlet.ready()).toBe(false);
    resolve(3);
    expect(await greenlet.get()).toBe(3);
  });
});

describe('a greenlet that fails', () => {
  const fail = async (text: string, _how: object): Promise<never> => {
    await sleep();
    throw new ValueError(text);
  };

  test('has the error as its exception; get throws it, join does not', async () => {
    const greenlet = spawn(fail, 'bad', {});
    await greenlet.join();
    expect(greenlet.exception).toEqual(new ValueError('bad'));
    expect([greenlet.ready(), greenlet.successful(), greenlet.value]).toEqual([true, false, null]);
    await expect(greenlet.get()).rejects.toBe(greenlet.exception);
  });

  test('is written to stderr, with the traceback, the call and the class', async () => {
    await spawn(fail, 'bad', { n: 'x'.repeat(100) }).join();
    expect(errors()).toMatch(/^ValueError: bad\n {4}at fail \(/);
    expect(errors()).toMatch(failed(greenletOf(`fail\\('bad', {'n': '${'x'.repeat(43)}\\)`), 'ValueError'));
  });

  test('may throw anything', async () => {
    const greenlet = spawn(() => {
      throw null;
    });
    await greenlet.join();
    expect([greenlet.successful(), greenlet.exception]).toEqual([false, null]);
    await expect(greenlet.get()).rejects.toBeNull();
    expect(errors()).toMatch(failed(greenletOf('<lambda>'), 'NoneType'));
  });

  test('ends even if it cannot be shown', async () => {
    class Nameless extends Greenlet {
      override toString(): string {
        throw new Error('no name');
      }
    }
    const greenlet = new Nameless(() => {
      throw new ValueError('bad');
    });
    greenlet.start();
    await expect(greenlet.get()).rejects.toThrow('bad');
    expect(errors()).toMatch(failed('<unprintable>', 'ValueError'));
  });

  test('with a GreenletExit is successful', async () => {
    const greenlet = spawn(async () => {
      throw new GreenletExit('enough');
    });
    expect(await greenlet.get()).toEqual(new GreenletExit('enough'));
    expect(greenlet.successful()).toBe(true);
    expect(errors()).toBe('');
  });
});

describe('a subclass', () => {
  class Noop extends Greenlet<string> {
    readonly #seconds: number;
    constructor(seconds: number) {
      super();
      this.#seconds = seconds;
    }
    protected override async _run(): Promise<string> {
      await sleep(this.#seconds);
      return 'done';
    }
    override toString(): string {
      return `Noop(${this.#seconds})`;
    }
  }

  test('may override _run', async () => {
    const greenlet = Noop.spawn(0.001);
    expect(greenlet).toBeInstanceOf(Noop);
    expect(await greenlet.get()).toBe('done');
  });

  test('is reported by its own text', async () => {
    const greenlet = new Noop(10);
    greenlet.start();
    await turns();
    await greenlet.kill(ValueError);
    expect(errors()).toMatch(failed('Noop\\(10\\)', 'ValueError'));
  });

  test('runs the function that it is given, if it is', async () => {
    class Sub extends Greenlet {
      protected override _run(): string {
        return 'mine';
      }
    }
    expect(await Sub.spawn(() => 'given').get()).toBe('given');
    expect(await Sub.spawn().get()).toBe('mine');
  });
});

describe('getcurrent', () => {
  test('is the greenlet, whatever it awaits and calls', async () => {
    const seen: Greenlet[] = [];
    const look = async (): Promise<void> => {
      seen.push(getcurrent());
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(getcurrent());
    };
    const greenlet = spawn(async () => {
      await look();
      await sleep();
      seen.push(getcurrent());
    });
    await greenlet.join();
    expect(seen.map((each) => each === greenlet)).toEqual([true, true, true]);
  });

  test('is the main greenlet outside of all, and in links', async () => {
    const main = getcurrent();
    expect([main.name, main.started, main.dead]).toEqual(['MainGreenlet', true, false]);
    const greenlet = spawn(() => 1);
    const { promise, resolve } = foreign<Greenlet>();
    greenlet.link(() => {
      resolve(getcurrent());
    });
    expect(await promise).toBe(main);
    expect(getcurrent()).toBe(main);
  });
});

describe('the name of a greenlet', () => {
  test('is a number of its own, or what it is set to', () => {
    const [a, b] = [new Greenlet(sleep, 1), new Greenlet(sleep, 1)];
    expect(a.name).toMatch(/^Greenlet-\d+$/);
    expect(a.name).not.toBe(b.name);
    a.name = 'worker';
    expect(a.name).toBe('worker');
  });

  test('is shown when it was asked for', () => {
    const greenlet = new Greenlet(sleep, 1);
    expect(String(greenlet)).toMatch(/^<Greenlet at 0x[0-9a-f]{12}: sleep\(1\)>$/);
    greenlet.name = 'worker';
    expect(String(greenlet)).toMatch(/^<Greenlet "worker" at 0x[0-9a-f]{12}: sleep\(1\)>$/);
  });
});

describe('other users of AsyncLocalStorage', () => {
  test('find what was there where the greenlet was made, even if it had to wait in line', async () => {
    const request = new AsyncLocalStorage<string>();
    const pool = new Pool(1);
    const seen = ['a', 'b', 'c'].map((id) =>
      request.run(id, () =>
        pool.spawn(async () => {
          await sleep();
          return request.getStore();
        }),
      ),
    );
    await pool.join();
    expect(seen.map((each) => each.value)).toEqual(['a', 'b', 'c']);
  });
});
