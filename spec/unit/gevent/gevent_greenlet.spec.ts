import { ValueError } from 'multiprocessing-ts/builtins';
import {
  Greenlet,
  joinall,
  killall,
  sleep,
  spawn,
  spawn_later,
  Timeout,
  with_timeout,
} from 'multiprocessing-ts/gevent';
import { expectKilled, failed, greenletOf, stderr, turns } from './support';

/**
 * What gevent's own tests check (src/gevent/tests/test__greenlet.py, test__timeout.py), under their names. Not here:
 * what needs `AsyncResult`, `Queue` or `Event`, which this package has not, `exc_info`, raw greenlets, the hub.
 */

const errors = stderr();

class ExpectedError extends Error {}

function raise(error: Error): never {
  throw error;
}

function assertSpawned(g: Greenlet): void {
  expect([g.started, g.dead, g.ready(), g.successful()]).toEqual([true, false, false, false]);
  expect([g.value, g.exception]).toEqual([null, null]);
}

describe('TestUnlink', () => {
  test.each(['link', 'link_value', 'link_exception'] as const)('test_func_%s', async (method) => {
    const dummy = (): void => undefined;
    const p = spawn(dummy);
    p[method](dummy);
    expect(p.has_links()).toBe(1);
    p.unlink(dummy);
    expect(p.has_links()).toBe(0);
    await p.kill();
  });
});

describe.each(['link', 'link_value'] as const)('TestReturn_%s', (method) => {
  test('test_return: links are called for each return, before and after the end', async () => {
    const p = spawn(() => 25);
    for (let round = 0; round < 3; round++) {
      const called: unknown[] = [];
      for (let i = 0; i < 10; i++) p[method]((each) => called.push(each.value));
      p.link_exception(() => called.push('exception'));
      await turns();
      expect(p.started).toBe(false);
      expect(called).toEqual(Array(10).fill(25));
    }
  });

  test('test_kill', async () => {
    const p = spawn(sleep, 10);
    for (let round = 0; round < 3; round++) {
      const called: Greenlet[] = [];
      p[method]((each) => called.push(each));
      p.link_exception(() => called.push(spawn(sleep)));
      await p.kill();
      await turns();
      expect(called).toEqual([p]);
      expectKilled(p);
    }
  });
});

describe.each(['link', 'link_exception'] as const)('TestRaise_%s', (method) => {
  test('test_raise', async () => {
    const p = spawn(() => raise(new ExpectedError('test_raise')));
    for (let round = 0; round < 3; round++) {
      const called: unknown[] = [];
      p[method]((each) => called.push(each.exception));
      p.link_value(() => called.push('value'));
      await turns();
      expect(p.started).toBe(false);
      expect(called).toEqual([new ExpectedError('test_raise')]);
    }
  });
});

describe('TestStuff', () => {
  test('test_minimal_id', async () => {
    const g = spawn(() => 1);
    expect(g.minimal_ident).toBeGreaterThanOrEqual(0);
    await g.join();
  });

  test('test_wait_noerrors', async () => {
    const greenlets = [1, 2, 3].map((n) => spawn(() => n));
    await joinall(greenlets, { raise_error: true });
    expect(greenlets.map((each) => each.value)).toEqual([1, 2, 3]);
  });

  test('test_wait_error', async () => {
    const x = spawn(sleep, 0.01);
    const y = spawn(() => raise(new ExpectedError('test_wait_error')));
    await expect(joinall([x, y], { raise_error: true })).rejects.toBeInstanceOf(ExpectedError);
    await expect(joinall([y], { raise_error: true })).rejects.toBeInstanceOf(ExpectedError);
    await x.join();
  });

  test('test_joinall_exception_order: the earliest is raised', async () => {
    const a = spawn(async () => {
      await sleep(0.02);
      raise(new ExpectedError('first'));
    });
    const b = spawn(() => raise(new ExpectedError('second')));
    await expect(joinall([a, b], { raise_error: true })).rejects.toThrow('second');
    await joinall([a, b]);
  });

  test('test_joinall_count_raise_error', async () => {
    const sleeper = spawn(async () => {
      for (;;) await sleep(0.1);
    });
    const raiser = spawn(() => raise(new ExpectedError('count')));
    await joinall([sleeper, raiser], { raise_error: false, count: 1 });
    expect([raiser.ready(), sleeper.ready()]).toEqual([true, false]);
    await sleeper.kill();
    expect(sleeper.ready()).toBe(true);
  });

  test('test_multiple_listeners_error', async () => {
    for (const p of [spawn((): number => 5), spawn((): number => raise(new ExpectedError('p')))]) {
      const results: number[] = [];
      p.link(() => {
        results.push(10);
        raise(new ExpectedError('listener1'));
      });
      p.link(() => {
        results.push(20);
        raise(new ExpectedError('listener2'));
      });
      p.link(() => raise(new ExpectedError('listener3')));
      await turns();
      expect(results).toEqual([10, 20]);
    }
    for (const listener of [1, 2, 3]) expect(errors()).toContain(`listener${listener}`);
  });

  test.each(['link', 'rawlink'] as const)(
    'test_multiple_listeners_error_unlink_Greenlet_%s: no notification after unlink',
    async (method) => {
      const p = spawn(() => 5);
      const results: number[] = [];
      const listener1 = (): void => {
        p.unlink(listener2);
        results.push(5);
        raise(new ExpectedError('listener1'));
      };
      const listener2 = (): void => {
        p.unlink(listener1);
        results.push(5);
        raise(new ExpectedError('listener2'));
      };
      p[method](listener1);
      p[method](listener2);
      p[method](() => raise(new ExpectedError('listener3')));
      await turns();
      expect(results).toEqual([5]);
    },
  );
});

describe('TestStr', () => {
  class Subclass extends Greenlet {}
  function dummy_test_func(): void {
    // It is only named.
  }

  test('test_function', async () => {
    const g = Greenlet.spawn(dummy_test_func);
    expect(String(g)).toMatch(/at 0x[0-9a-f]+: dummy_test_func>$/);
    expect(g.ready()).toBe(false);
    await g.join();
    expect(String(g)).toMatch(/at 0x[0-9a-f]+: dummy_test_func>$/);
  });

  test('test_method: the name is shown once it was asked for, or set', async () => {
    const g = Greenlet.spawn(dummy_test_func);
    expect(String(g)).toMatch(/^<Greenlet at 0x/);
    expect(String(g)).not.toContain(g.name);
    expect(String(g)).toMatch(/^<Greenlet "Greenlet-/);
    g.name = 'Foo';
    expect(String(g)).toMatch(/^<Greenlet "Foo"/);
    await g.join();
  });

  test('test_subclass', () => {
    expect(String(new Subclass())).toMatch(/^<Subclass at 0x[0-9a-f]+: _run>$/);
    expect(String(new Subclass(null, 'question', { answer: 42 }))).toMatch(
      /at 0x[0-9a-f]+: _run\('question', {'answer': 42}\)>$/,
    );
  });
});

describe('TestJoin, TestGet, TestJoinAll: the timeout is kept', () => {
  test.each<[string, (g: Greenlet, timeout: number) => Promise<unknown>]>([
    ['join', (g, timeout) => g.join({ timeout })],
    ['get', (g, timeout) => expect(g.get({ timeout })).rejects.toBeInstanceOf(Timeout)],
    ['joinall', (g, timeout) => joinall([g], { timeout })],
  ])('%s', async (_name, wait) => {
    // It does not end in the time that a test has.
    const g = spawn(sleep, 1000);
    const begin = performance.now();
    await wait(g, 0.05);
    // Node's timers round to milliseconds.
    expect(performance.now() - begin).toBeGreaterThan(48);
    await g.kill();
  });
});

describe('TestBasic', () => {
  test('test_spawn_non_callable', () => {
    expect(() => spawn(1 as never)).toThrow(TypeError);
    expect(() => spawn_later(1, undefined as never)).toThrow(TypeError);
    expect(() => spawn_later(1, 1 as never)).toThrow(TypeError);
  });

  test('test_simple_exit', async () => {
    const link_test: Greenlet[] = [];
    const func = async (delay: number, { return_value = 4 }): Promise<number> => {
      await sleep(delay);
      return return_value;
    };
    const g = new Greenlet(func, 0.01, { return_value: 5 });
    g.rawlink((each) => link_test.push(each));
    expect([g.started, g.dead, g.ready(), g.successful()]).toEqual([false, false, false, false]);
    expect([g.value, g.exception]).toEqual([null, null]);
    g.start();
    assertSpawned(g);
    await sleep(0.001);
    assertSpawned(g);
    expect(link_test).toEqual([]);
    await g.join();
    expect([g.started, g.dead, g.ready(), g.successful()]).toEqual([false, true, true, true]);
    expect([g.value, g.exception]).toEqual([5, null]);
    expect(link_test).toEqual([g]);
  });

  test('test_error_exit', async () => {
    const link_test: Greenlet[] = [];
    const func = async (delay: number, { return_value = 4 }): Promise<void> => {
      await sleep(delay);
      raise(Object.assign(new ExpectedError('test_error_exit'), { myattr: return_value }));
    };
    const g = new Greenlet(func, 0.001, { return_value: 5 });
    g.rawlink((each) => link_test.push(each));
    g.start();
    await g.join();
    expect([g.started, g.dead, g.ready(), g.successful()]).toEqual([false, true, true, false]);
    expect([g.value, (g.exception as { myattr?: number }).myattr]).toEqual([null, 5]);
    expect(link_test).toEqual([g]);
    expect(errors()).toMatch(failed(greenletOf("func\\(0.001, {'return_value': 5}\\)"), 'ExpectedError'));
  });
});

describe.each<[string, (run: () => Promise<void>) => Greenlet, boolean]>([
  ['TestKill', (run) => new Greenlet(run), false],
  ['TestKillAfterStart', (run) => spawn(run), false],
  ['TestKillAfterStartLater', (run) => spawn_later(10, run), false],
  ['TestKillWhileRunning', (run) => spawn(run), true],
])('%s', (_name, make, begins) => {
  test.each<[string, (g: Greenlet) => Promise<void>]>([
    ['test_block', (g) => g.kill({ block: true })],
    ['test_non_block', (g) => g.kill({ block: false })],
    ['test_block_killall', (g) => killall([g], { block: true })],
    ['test_non_block_killall', (g) => killall([g], { block: false })],
  ])('%s', async (_test, kill) => {
    const link_test: Greenlet[] = [];
    const result: number[] = [];
    const g = make(async () => {
      if (begins) await sleep(10);
      result.push(1);
    });
    g.link((each) => link_test.push(each));
    if (begins) await turns();
    for (let times = 0; times < 2; times++) {
      // To kill a second time must not hurt.
      await kill(g);
      await turns();
      expectKilled(g);
    }
    expect(result).toEqual([]);
    expect(link_test).toEqual([g]);
  });
});

describe('TestStart', () => {
  test('test_start', async () => {
    const g = spawn(sleep, 0.01);
    assertSpawned(g);
    g.start();
    assertSpawned(g);
    await g.join();
    g.start();
    expect([g.started, g.dead, g.successful()]).toEqual([false, true, true]);
  });
});

describe('test__timeout: Test', () => {
  const expires = async (timeout: Timeout): Promise<void> => {
    for (let times = 0; times < 2; times++) {
      timeout.start();
      await expect(sleep(10)).rejects.toBe(timeout);
    }
    timeout.close();
  };

  test('test_direct_raise_instance', () => {
    const timeout = new Timeout();
    expect(() => raise(timeout)).toThrow(timeout);
    expect(timeout.pending).toBe(false);
  });

  test('test_expires', async () => {
    await expires(new Timeout(0.01));
    expect(errors()).toBe('');
  });

  test('test_expires_str', async () => {
    const timeout = new Timeout(0.01, 'XXX');
    await expires(timeout);
    expect(timeout.message).toMatch(/XXX$/);
  });

  test('test_cancel', async () => {
    const timeout = new Timeout(0.01);
    timeout.start();
    timeout.cancel();
    await sleep(0.02);
    expect(timeout.pending).toBe(false);
    timeout.close();
  });

  test('test_with_timeout', async () => {
    await expect(with_timeout(0.01, sleep, 10)).rejects.toBeInstanceOf(Timeout);
    const X = new ValueError('X');
    expect(await with_timeout(0.01, sleep, 10, { timeout_value: X })).toBe(X);
    expect(await with_timeout(45, sleep, 0.01, { timeout_value: X })).toBeUndefined();
  });
});
