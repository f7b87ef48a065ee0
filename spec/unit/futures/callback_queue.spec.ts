import fc from 'fast-check';
import { Callbacks } from '../../../lib/concurrent/futures/callbacks';
import { Future } from '../../../lib/concurrent/futures/future';
import { bindCall } from '../../../lib/concurrent/futures/future_core';
import { settled, stderr, turn } from './support';

const log = stderr();

/** As the futures of an executor: all callbacks run in one queue. */
class Call extends Future<string> {
  constructor(callbacks: Callbacks) {
    super();
    bindCall(this, { callbacks, begun: () => false, withdraw: () => true, cancelled: () => undefined });
  }
}

function gate(): { readonly passed: Promise<void>; open: () => void; slam: (error: Error) => void } {
  let open: () => void = () => undefined;
  let slam: (error: Error) => void = () => undefined;
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    slam = reject;
  });
  return { passed, open, slam };
}

describe('the callbacks of one executor', () => {
  let queue: Callbacks;
  let called: string[];
  const note = (text: string) => (): void => {
    called.push(text);
  };
  beforeEach(() => {
    queue = new Callbacks(true);
    called = [];
  });

  test('run at once', async () => {
    const call = new Call(queue);
    call.add_done_callback(note('a'));
    call.set_result('');
    expect(called).toEqual(['a']);
    await queue.idle();
  });

  test('wait for one that returned a promise, in the order in which the futures were done', async () => {
    const [one, two, three] = [new Call(queue), new Call(queue), new Call(queue)];
    const { passed, open } = gate();
    one.add_done_callback(() => passed);
    one.add_done_callback(note('one'));
    two.add_done_callback(note('two'));
    three.add_done_callback(note('three'));
    one.set_result('');
    three.set_result('');
    two.set_result('');
    await turn();
    expect(called).toEqual([]);
    open();
    await queue.idle();
    expect(called).toEqual(['one', 'three', 'two']);
  });

  test('wait for each other when all return promises', async () => {
    const calls = [0, 1, 2].map(() => new Call(queue));
    for (const [i, call] of calls.entries()) {
      call.add_done_callback(async () => {
        called.push(`start ${i}`);
        await turn();
        called.push(`end ${i}`);
      });
    }
    for (const call of calls) call.set_result('');
    await queue.idle();
    expect(called).toEqual(['start 0', 'end 0', 'start 1', 'end 1', 'start 2', 'end 2']);
  });

  test('that reject or throw are logged, and the next run', async () => {
    const call = new Call(queue);
    const { passed, slam } = gate();
    call.add_done_callback(() => passed);
    call.add_done_callback(() => {
      throw new Error('second');
    });
    call.add_done_callback(note('third'));
    call.set_result('');
    slam(new Error('first'));
    await queue.idle();
    expect(called).toEqual(['third']);
    expect(log()).toMatch(/Error: first[^]*Error: second/);
  });

  test('do not hold up the results', async () => {
    const [one, two] = [new Call(queue), new Call(queue)];
    one.add_done_callback(() => new Promise(() => undefined));
    one.set_result('1');
    two.set_result('2');
    expect(await Promise.all([one.result(), two.result()])).toEqual(['1', '2']);
  });

  test('that are added late wait too: no future has them out of order', async () => {
    const [one, two] = [new Call(queue), new Call(queue)];
    const { passed, open } = gate();
    one.add_done_callback(() => passed);
    one.add_done_callback(note('early'));
    one.set_result('');
    two.set_result('');
    one.add_done_callback(note('late'));
    two.add_done_callback(note('other'));
    expect(called).toEqual([]);
    open();
    await queue.idle();
    expect(called).toEqual(['early', 'late', 'other']);
  });

  test('that are added by one run inside it, even if others wait', async () => {
    const [one, two] = [new Call(queue), new Call(queue)];
    const { passed, open } = gate();
    one.add_done_callback(() => passed);
    one.add_done_callback((done) => {
      done.add_done_callback(note('nested'));
      called.push('outer');
    });
    one.add_done_callback(note('second'));
    two.add_done_callback(note('two'));
    one.set_result('');
    two.set_result('');
    open();
    await queue.idle();
    expect(called).toEqual(['nested', 'outer', 'second', 'two']);
  });

  test('of a future that a callback cancels run inside it, or after those that wait', async () => {
    const [one, two, three, four] = [new Call(queue), new Call(queue), new Call(queue), new Call(queue)];
    two.add_done_callback(note('two'));
    one.add_done_callback(() => {
      two.cancel();
      called.push('one');
    });
    one.set_result('');
    expect(called.splice(0)).toEqual(['two', 'one']);

    const { passed, open } = gate();
    three.add_done_callback(() => passed);
    three.add_done_callback(() => {
      four.cancel();
      called.push('three');
    });
    three.add_done_callback(note('three again'));
    four.add_done_callback(note('four'));
    three.set_result('');
    open();
    await queue.idle();
    expect(called).toEqual(['three', 'three again', 'four']);
  });

  test('behind a slow one may be a hundred thousand', async () => {
    const { passed, open } = gate();
    let count = 0;
    const slow = new Call(queue);
    slow.add_done_callback(() => passed);
    slow.set_result('');
    for (let i = 0; i < 100_000; i++) {
      const call = new Call(queue);
      call.add_done_callback(() => count++);
      call.set_result('');
    }
    expect(count).toBe(0);
    open();
    await queue.idle();
    expect(count).toBe(100_000);
  });

  test('are idle when none runs or waits', async () => {
    expect(await settled(queue.idle())).toBe(true);
    const call = new Call(queue);
    const first = gate();
    const second = gate();
    call.add_done_callback(() => first.passed);
    call.add_done_callback(() => second.passed);
    call.set_result('');
    const idle = Promise.all([queue.idle(), queue.idle()]);
    expect(await settled(idle)).toBe(false);
    first.open();
    expect(await settled(idle)).toBe(false);
    second.open();
    expect(await settled(idle)).toBe(true);
  });
});

test('whatever is done when, one callback of an executor runs at a time, and each future has its own in order', async () => {
  /** For each future: its callbacks, and whether they return promises. */
  const futures = fc.array(fc.array(fc.boolean(), { maxLength: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(futures, fc.array(fc.nat(), { maxLength: 12 }), async (shapes, order) => {
      const queue = new Callbacks(true);
      const calls = shapes.map(() => new Call(queue));
      const done: number[] = [];
      const called: string[] = [];
      const expected = (): string[] => done.flatMap((i) => shapes[i]!.map((_, k) => `${i}.${k}`));
      let running = 0;
      let overlaps = 0;
      for (const [i, shape] of shapes.entries()) {
        for (const [k, asynchronous] of shape.entries()) {
          const run = async (): Promise<void> => {
            running++;
            await turn();
            running--;
          };
          calls[i]!.add_done_callback(() => {
            overlaps += running;
            called.push(`${i}.${k}`);
            return asynchronous ? run() : undefined;
          });
        }
      }
      const left = new Set(calls.keys());
      const finish = (i: number): void => {
        left.delete(i);
        done.push(i);
        calls[i]!.set_result('');
      };
      for (const step of order) {
        const i = [...left][step % left.size];
        if (step % 3 === 0 || i === undefined) await turn();
        else finish(i);
      }
      for (const i of left) finish(i);
      await queue.idle();
      expect([called, overlaps]).toEqual([expected(), 0]);
    }),
    { numRuns: 100 },
  );
});
