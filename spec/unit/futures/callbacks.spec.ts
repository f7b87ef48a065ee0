import { get_logger } from 'multiprocessing-ts';
import { ValueError } from 'multiprocessing-ts/builtins';
import { Future } from 'multiprocessing-ts/concurrent/futures';
import { oracle } from '../../contract/support';
import { normal, raised, returned, stateOf, stderr, translated, turn } from './support';

const recorded = oracle('f02_future_callbacks');
const log = stderr();
const bad = (): never => {
  throw new ValueError('cb');
};
/** The recorded line of the log, without the level and the name of Python's logger. */
const line = (name: string): string => translated(recorded(name).ok).replace(/^.*\|/, '');

describe('callbacks', () => {
  test('run in the order added', () => {
    const called: number[] = [];
    const future = new Future<number>();
    for (const i of [0, 1, 2, 3]) future.add_done_callback(() => called.push(i));
    future.set_result(1);
    expect(called).toEqual(recorded('order').ok);
  });

  test('are given the future', () => {
    const future = new Future<never>();
    const called: unknown[] = [];
    future.add_done_callback((...args: unknown[]) => called.push(args.length === 1 && args[0] === future));
    future.set_exception(new ValueError());
    expect(called).toEqual(recorded('arg is the future').ok);
  });

  test('see a future that is done', async () => {
    const called: unknown[] = [];
    const future = new Future<number>();
    future.add_done_callback(async (done) => called.push([done.done(), await done.result()]));
    future.set_result(9);
    await turn();
    expect(called).toEqual(recorded('done and result available inside callback (no deadlock)').ok);
  });

  test('that are added twice run twice', () => {
    const called: string[] = [];
    const callback = (): unknown => called.push('dup');
    const future = new Future<number>();
    future.add_done_callback(callback);
    future.add_done_callback(callback);
    future.set_result(1);
    expect(called).toEqual(recorded('same callback twice runs twice').ok);
  });

  test('added to a future that is done run at once', () => {
    expect(recorded('late add runs in caller thread').ok).toEqual([true]);
    let called = 0;
    returned(1).add_done_callback(() => called++);
    expect(called).toBe(1);
  });

  test('added by a callback run inside it', () => {
    const called: string[] = [];
    const future = new Future<number>();
    future.add_done_callback((done) => {
      done.add_done_callback(() => called.push('nested'));
      called.push('outer');
    });
    future.add_done_callback(() => called.push('second'));
    future.set_result(1);
    expect(called).toEqual(recorded('callback added inside callback runs immediately').ok);
  });

  test('run when the future is cancelled, and not again when that is known', () => {
    const called: unknown[] = [];
    const future = new Future<number>();
    future.add_done_callback((done) => called.push([done.cancelled(), done.done(), stateOf(done)]));
    future.cancel();
    expect(called).toEqual(recorded('cancel() runs callbacks immediately').ok);
    future.cancel();
    future.set_running_or_notify_cancel();
    expect(called).toEqual(recorded('not run again on notify').ok);
  });

  test('run before whoever waits for the result goes on', async () => {
    const order: string[] = [];
    const future = new Future<number>();
    const waiting = future.result().then(() => order.push('result'));
    future.add_done_callback(() => order.push('callback'));
    future.set_result(1);
    await waiting;
    expect(order).toEqual(['callback', 'result']);
  });

  test('do not hold up the result when they are slow', async () => {
    expect(recorded('result() returns before slow callback finishes').ok).toBe(true);
    const future = new Future<number>();
    future.add_done_callback(() => new Promise(() => undefined));
    future.set_result(1);
    expect(await future.result()).toBe(1);
  });

  test('must be functions (CPython calls them and logs that it cannot)', () => {
    expect(recorded('non-callable callback').ok).toBeNull();
    for (const future of [new Future(), returned(1)]) {
      for (const callback of [5, null, undefined, {}]) {
        expect(() => future.add_done_callback(callback as never)).toThrow(TypeError);
      }
    }
  });
});

describe('a callback that throws', () => {
  test('does not stop the others', () => {
    const called: string[] = [];
    const future = new Future<number>();
    future.add_done_callback(() => called.push('a'));
    future.add_done_callback(bad);
    future.add_done_callback(() => called.push('c'));
    future.set_result(1);
    expect(called).toEqual(recorded('raising callback does not stop others').ok);
  });

  test('is logged with its stack', () => {
    const future = new Future<number>();
    future.add_done_callback(bad);
    future.set_result(1);
    expect(normal(log()).split('\n')[0]).toBe(line('log record'));
    expect(recorded('log has traceback').ok).toBe(true);
    expect(log()).toMatch(/\nValueError: cb\n +at bad /);
  });

  test('is logged when it was added late', () => {
    returned(1).add_done_callback(bad);
    expect(normal(log()).split('\n')[0]).toBe(line('log'));
  });

  test('is logged when it returned a promise that rejects', async () => {
    const future = new Future<number>();
    future.add_done_callback(async () => bad());
    future.set_result(1);
    await turn();
    expect(normal(log()).split('\n')[0]).toBe(line('log record'));
    expect(log()).toMatch(/\nValueError: cb\n/);
  });

  test('may throw anything', () => {
    const future = new Future<number>();
    for (const thrown of [undefined, null, 'text', Object.create(null)] as unknown[]) {
      future.add_done_callback(() => {
        throw thrown;
      });
    }
    future.set_result(1);
    expect(log().match(/exception calling callback for/g)).toHaveLength(4);
  });

  test('whatever the class: there is none that gets through (in Python KeyboardInterrupt does)', () => {
    expect(recorded('BaseException from callback propagates out of set_result').exc?.type).toMatch(
      /KeyboardInterrupt/,
    );
    class KeyboardInterrupt extends Error {}
    let called = 0;
    const future = new Future<number>();
    future.add_done_callback(() => {
      throw new KeyboardInterrupt();
    });
    future.add_done_callback(() => called++);
    future.set_result(1);
    expect([called, stateOf(future)]).toEqual([1, 'FINISHED']);
  });

  test('is told to the handlers of the log, where there are any', () => {
    const records: unknown[] = [];
    const handler = (record: { levelname: string; message: string }): void => {
      records.push([record.levelname, normal(record.message).split('\n')[0]]);
    };
    get_logger().addHandler(handler);
    try {
      raised(new Error('e')).add_done_callback(bad);
    } finally {
      get_logger().removeHandler(handler);
    }
    expect(records).toEqual([
      ['ERROR', 'exception calling callback for <Future at 0xADDR state=finished raised Error>'],
    ]);
    expect(log()).toBe('');
  });
});
