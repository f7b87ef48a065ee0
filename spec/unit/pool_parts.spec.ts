import { TimeoutError } from '../../lib/errors';
import { makeCallbacks } from '../../lib/pool/callbacks';
import { ItemReader } from '../../lib/pool/item_reader';
import { Outcome } from '../../lib/pool/outcome';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Callbacks', () => {
  test('run at once and one after the other', () => {
    const log: unknown[] = [];
    const callbacks = makeCallbacks(true);
    callbacks.run({ callback: (value) => log.push(value), value: 1, after: () => log.push('after 1') });
    callbacks.run({ callback: (value) => log.push(value), value: 2, after: () => log.push('after 2') });
    expect(log).toEqual([1, 'after 1', 2, 'after 2']);
  });

  test('one that returns a promise is awaited before the next', async () => {
    const log: unknown[] = [];
    const callbacks = makeCallbacks(true);
    let finish: () => void = () => undefined;
    callbacks.run({
      callback: () => new Promise<void>((resolve) => (finish = resolve)),
      value: 1,
      after: () => log.push('after 1'),
    });
    callbacks.run({ callback: (value) => log.push(value), value: 2, after: () => log.push('after 2') });
    await turn();
    expect(log).toEqual([]);
    finish();
    await callbacks.idle();
    expect(log).toEqual(['after 1', 2, 'after 2']);
  });

  test('one that is submitted by another waits for it', () => {
    const log: unknown[] = [];
    const callbacks = makeCallbacks(true);
    const inner = (): void => void log.push('inner');
    callbacks.run({
      callback: () => {
        callbacks.run({ callback: inner, value: 0, after: () => log.push('after inner') });
        log.push('outer');
      },
      value: 0,
      after: () => log.push('after outer'),
    });
    expect(log).toEqual(['outer', 'after outer', 'inner', 'after inner']);
  });

  test('idle resolves at once when nothing runs', async () => {
    await expect(makeCallbacks(true).idle()).resolves.toBeUndefined();
  });

  test('a hundred thousand behind a slow one do not exhaust the stack', async () => {
    const callbacks = makeCallbacks(true);
    let calls = 0;
    callbacks.run({ callback: async () => turn(), value: 0, after: () => undefined });
    for (let i = 0; i < 100_000; i++)
      callbacks.run({ callback: () => calls++, value: 0, after: () => undefined });
    await callbacks.idle();
    expect(calls).toBe(100_000);
  });
});

describe('Outcome', () => {
  const outcome = (): Outcome<number> => new Outcome<number>(null);

  test('has its value or its error once it is there', async () => {
    const [good, bad] = [outcome(), outcome()];
    const waiting = good.get(null);
    good.complete(5);
    bad.fail(new Error('bad'));
    expect([good.ready, good.successful, bad.ready, bad.successful]).toEqual([true, true, true, false]);
    expect([await waiting, await good.get(0)]).toEqual([5, 5]);
    await expect(bad.get(0)).rejects.toThrow('bad');
  });

  test('falsy errors are errors', async () => {
    for (const error of [null, undefined, 0, '', false]) {
      const bad = outcome();
      bad.fail(error);
      await expect(bad.get(null)).rejects.toBe(error);
    }
  });

  test('whoever waits in vain gets TimeoutError and leaves no trace', async () => {
    const late = outcome();
    await expect(late.get(0)).rejects.toBeInstanceOf(TimeoutError);
    expect(await late.wait(0.01)).toBe(false);
    late.complete(1);
    expect(await late.wait(null)).toBe(true);
  });

  test('turns ready after its callback', () => {
    const seen: boolean[] = [];
    const one: Outcome<number> = new Outcome<number>({
      queue: makeCallbacks(true),
      callback: () => seen.push(one.ready),
      error_callback: null,
    });
    one.complete(1);
    expect([...seen, one.ready]).toEqual([false, true]);
  });
});

describe('ItemReader', () => {
  const read = (reader: ItemReader, most: number): unknown => {
    const part = reader.read(most);
    return part === 'wait' ? part : [part.items, part.error?.error];
  };

  test('reads in parts, and then the end again and again', () => {
    const reader = new ItemReader([1, 2, 3], () => undefined);
    expect([read(reader, 2), read(reader, 2), read(reader, 2), read(reader, 2)]).toEqual([
      [[1, 2], undefined],
      [[3], undefined],
      [[], undefined],
      [[], undefined],
    ]);
  });

  test('gives complete parts before an error, then the error', () => {
    const input = function* (): Generator<number> {
      yield 1;
      yield 2;
      yield 3;
      throw new Error('boom');
    };
    const reader = new ItemReader(input(), () => undefined);
    expect([read(reader, 2), read(reader, 2)]).toEqual([
      [[1, 2], undefined],
      [[], new Error('boom')],
    ]);
  });

  test('asks an async input for one item at a time and says when one came', async () => {
    let asked = 0;
    const input = {
      [Symbol.asyncIterator]: () => ({
        next: async () => Promise.resolve({ value: asked, done: asked++ >= 3 }),
      }),
    };
    let arrived = 0;
    const reader = new ItemReader(input, () => arrived++);
    expect([read(reader, 2), read(reader, 2), asked]).toEqual(['wait', 'wait', 1]);
    await turn();
    expect([arrived, read(reader, 2), asked]).toEqual([1, 'wait', 2]);
    await turn();
    expect(read(reader, 2)).toEqual([[0, 1], undefined]);
    expect(read(reader, 2)).toBe('wait');
    await turn();
    expect(read(reader, 2)).toBe('wait');
    await turn();
    expect([read(reader, 2), read(reader, 2)]).toEqual([
      [[2], undefined],
      [[], undefined],
    ]);
  });

  test("closes its input once, and an item that is on its way is nobody's", async () => {
    let closed = 0;
    let arrived = 0;
    const input = {
      [Symbol.asyncIterator]: () => ({
        next: async () => Promise.resolve({ value: 1, done: false }),
        return: async () => {
          closed++;
          return Promise.resolve({ value: undefined, done: true });
        },
      }),
    };
    const reader = new ItemReader(input, () => arrived++);
    read(reader, 1);
    reader.close();
    reader.close();
    await turn();
    expect([closed, arrived, read(reader, 1)]).toEqual([1, 0, [[], undefined]]);
  });

  test('an input that is closed while it is asked does not disturb', () => {
    const input = function* (): Generator<number> {
      reader.close();
      yield 1;
    };
    const reader: ItemReader = new ItemReader(input(), () => undefined);
    expect(() => read(reader, 1)).not.toThrow();
    expect(read(reader, 1)).toEqual([[], undefined]);
  });

  test('what cannot be iterated is an error of the first part', () => {
    expect(read(new ItemReader(5, () => undefined), 1)).toEqual([[], expect.any(TypeError)]);
  });
});
