import { inspect } from 'node:util';
import { ValueError } from 'multiprocessing-ts/builtins';
import {
  BrokenExecutor,
  BrokenProcessPool,
  BrokenThreadPool,
  CancelledError,
  Future,
  InvalidStateError,
  TimeoutError,
} from 'multiprocessing-ts/concurrent/futures';
import * as builtins from 'multiprocessing-ts/builtins';
import * as multiprocessing from 'multiprocessing-ts';
import { oracle } from '../../contract/support';
import { normal, raised, returned, settled, stateOf, STATES, stderr, translated } from './support';

const recorded = oracle('f01_future_states');
const log = stderr();

type Answer = { ret: unknown } | { exc: { type: string; str: string } };

async function answer(call: () => unknown): Promise<Answer> {
  try {
    const value = (await call()) ?? null;
    return { ret: value instanceof Error ? { type: value.name, str: value.message } : value };
  } catch (error) {
    return { exc: { type: (error as Error).name, str: normal((error as Error).message) } };
  }
}

/** Without the modules of classes and the arguments of exceptions. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { type, str } = value as Record<string, unknown>;
  return { type: String(type).replace(/^.*\./, ''), str: translated(str) };
}

const OPERATIONS: Record<string, (future: Future<unknown>) => unknown> = {
  cancel: (f) => f.cancel(),
  set_running_or_notify_cancel: (f) => f.set_running_or_notify_cancel(),
  'set_result(1)': (f) => f.set_result(1),
  set_exception: (f) => f.set_exception(new Error('k')),
  'result(0)': (f) => f.result(0),
  'exception(0)': (f) => f.exception(0),
  'result(-1)': (f) => f.result(-1),
  'result(timeout=.05)': (f) => f.result({ timeout: 0.05 }),
};

describe.each(Object.entries(STATES))('a future that is %s', (name, make) => {
  test('is shown', () => {
    const future = make();
    const text = translated(recorded(`${name}: repr`).ok);
    expect(normal(String(future))).toBe(text);
    expect(normal(inspect(future))).toBe(text);
  });

  test('says what it is', () => {
    const future = make();
    const answers = [future.cancelled(), future.running(), future.done()];
    expect(answers).toEqual(recorded(`${name}: cancelled,running,done`).ok);
  });

  test.each(Object.entries(OPERATIONS))('%s', async (operation, apply) => {
    const future = make();
    const given = await answer(() => apply(future));
    const expected = recorded(`${name}: ${operation}`).ok as Record<string, unknown>;
    expect(given).toEqual('exc' in expected ? { exc: plain(expected.exc) } : { ret: plain(expected.ret) });
    expect(stateOf(future)).toBe(expected.state);
  });
});

describe('the error classes', () => {
  const mro = (error: abstract new () => Error): string[] => {
    const names: string[] = [];
    for (let each: unknown = error; typeof each === 'function'; each = Object.getPrototypeOf(each)) {
      if (each !== Function.prototype) names.push(each.name);
    }
    return names;
  };
  /** JavaScript's `Error` is Python's `Exception`, and the private class `Error` too. */
  const python = (name: string): string[] => {
    const names = (recorded(name).ok as string[]).filter(
      (each) => !['BaseException', 'object'].includes(each),
    );
    return [...new Set(names.map((each) => (each === 'Exception' ? 'Error' : each)))];
  };

  test('descend from each other as in Python', () => {
    expect(mro(CancelledError)).toEqual(python('CancelledError mro'));
    expect(mro(InvalidStateError)).toEqual(python('InvalidStateError mro'));
    expect(mro(BrokenExecutor)).toEqual(python('BrokenExecutor mro'));
    expect(mro(BrokenThreadPool)).toEqual(['BrokenThreadPool', ...python('BrokenExecutor mro')]);
    expect(mro(BrokenProcessPool)).toEqual(['BrokenProcessPool', ...python('BrokenExecutor mro')]);
  });

  test('TimeoutError is the builtin one, not that of multiprocessing', () => {
    expect(recorded('TimeoutError is builtin').ok).toBe(true);
    expect(TimeoutError).toBe(builtins.TimeoutError);
    expect(TimeoutError).not.toBe(multiprocessing.TimeoutError);
  });
});

describe('the exception of a future', () => {
  test('may be anything: it is rejected with (Python: only exceptions are raised)', async () => {
    expect(await raised('not an exception').exception()).toBe(recorded('exception()').ok);
    await expect(raised('not an exception').result()).rejects.toBe('not an exception');
  });

  test.each([[null], [undefined], [0], [''], [false]])(
    'may be %p (H16: CPython swallows it)',
    async (thrown) => {
      const future = raised(thrown);
      await expect(future.result()).rejects.toBe(thrown);
      expect(await future.exception()).toBe(thrown);
      expect(String(future)).toMatch(/ raised (null|undefined|number|string|boolean)>$/);
    },
  );

  test('is the same object each time', async () => {
    const error = new ValueError('e');
    const future = raised(error);
    for (let i = 0; i < 2; i++) {
      await expect(future.result()).rejects.toBe(error);
      expect(await future.exception()).toBe(error);
    }
  });
});

describe('a future', () => {
  test('is shown with the kind of its result', () => {
    class Point {
      x = 1;
    }
    expect(recorded('repr set_result(None)').ok).toMatch(/state=finished returned NoneType>$/);
    for (const [value, kind] of [
      [null, 'null'],
      [undefined, 'undefined'],
      [1.5, 'number'],
      ['', 'string'],
      [10n, 'bigint'],
      [[], 'Array'],
      [{}, 'Object'],
      [Object.create(null), 'object'],
      [new Point(), 'Point'],
      [() => 1, 'function'],
    ] as const) {
      expect(String(returned(value))).toMatch(
        new RegExp(`^<Future at 0x[0-9a-f]+ state=finished returned ${kind}>$`),
      );
    }
  });

  test('has an address of its own, and keeps it', () => {
    const [one, two] = [new Future(), new Future()];
    expect(String(one)).toBe(String(one));
    expect(String(one)).not.toBe(String(two));
  });

  test('of a subclass is shown with its name', () => {
    class Task extends Future<number> {}
    expect(normal(String(new Task()))).toBe('<Task at 0xADDR state=pending>');
  });

  test('is not thenable: an async function returns it as it is', async () => {
    const future = new Future();
    expect(await (async () => future)()).toBe(future);
  });

  test('wakes everybody who waits for its result or exception', async () => {
    const future = new Future<number>();
    const waiting = [future.result(), future.result(45), future.result({ timeout: null })];
    const exceptions = [future.exception(), future.exception(45), future.exception({ timeout: 45 })];
    expect(await settled(Promise.race([...waiting, ...exceptions]))).toBe(false);
    future.set_result(5);
    expect(await Promise.all(waiting)).toEqual([5, 5, 5]);
    expect(await Promise.all(exceptions)).toEqual([null, null, null]);
  });

  test('that is cancelled wakes them with a CancelledError', async () => {
    const future = new Future<number>();
    const waiting = [future.result(), future.exception(), future.result(45), future.exception(45)];
    future.cancel();
    for (const each of await Promise.allSettled(waiting)) {
      expect(each).toMatchObject({ status: 'rejected', reason: expect.any(CancelledError) });
    }
  });

  test('that timed out may be asked again', async () => {
    const future = new Future<number>();
    await expect(future.result(0.001)).rejects.toBeInstanceOf(TimeoutError);
    await expect(future.exception(0.001)).rejects.toBeInstanceOf(TimeoutError);
    const later = future.result(45);
    future.set_result(5);
    expect(await later).toBe(5);
  });

  test('takes Infinity for no timeout', async () => {
    const future = new Future<number>();
    const waiting = future.result(Infinity);
    expect(await settled(waiting)).toBe(false);
    future.set_result(5);
    expect(await waiting).toBe(5);
  });

  test.each([['1'], [NaN], [{ timeout: '1' }], [{ timeouts: 1 }]])(
    'refuses %p as a timeout',
    async (timeout) => {
      await expect(new Future().result(timeout as never)).rejects.toThrow(TypeError);
      await expect(returned(1).exception(timeout as never)).rejects.toThrow(TypeError);
    },
  );

  test('says to the log when its state is no state to run in', () => {
    const future = returned(1);
    expect(() => future.set_running_or_notify_cancel()).toThrow('Future in unexpected state');
    expect(log()).toMatch(/^Future 0x[0-9a-f]+ in unexpected state: FINISHED\n$/);
  });
});
