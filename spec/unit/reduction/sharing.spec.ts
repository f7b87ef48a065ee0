import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PicklingError } from '../../../lib/errors';
import { register } from '../../../lib/reduction/registry';
import { encode, encodeArguments, encodeFunction, Peer } from '../../../lib/reduction/sending';
import { encodeOneResult, encodeThrown } from '../../../workers/replies';
import { Thread, thrown } from './thread';

type Growable = SharedArrayBuffer & { readonly maxByteLength: number; grow(length: number): void };
const growable = (length: number, maxByteLength: number): Growable =>
  new (SharedArrayBuffer as unknown as new (length: number, options: object) => Growable)(length, {
    maxByteLength,
  });
const cells = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));

/** Registered: what it stands on is seen by nobody else. */
class Counter {
  readonly #cell: Int32Array;
  constructor(cell: Int32Array) {
    this.#cell = cell;
  }
  add(): number {
    return Atomics.add(this.#cell, 0, 1);
  }
  static of({ cell }: { cell: Int32Array }): Counter {
    return new Counter(cell);
  }
  get state(): { cell: Int32Array } {
    return { cell: this.#cell };
  }
}
register(Counter, {
  reduce: (counter) => counter.state,
  rebuild: (state: { cell: Int32Array }) => new Counter(state.cell),
});

describe('a thread writes into the memory of this process', () => {
  const thread = new Thread();
  const write = (data: Int32Array): void => {
    data[0] = 7;
  };

  test('an argument', () => {
    const data = cells(1);
    thread.run(write, data);
    thread.run((memory: SharedArrayBuffer) => {
      new Int32Array(memory, 4)[0] = 8;
    }, new SharedArrayBuffer(8));
    expect(data[0]).toBe(7);
  });

  test('an argument beside others, inside of others, and beside a function', () => {
    const data = cells(3);
    thread.run((view: Int32Array, at: number) => void (view[at] = 1), data, 0);
    thread.run(({ view }: { view: Int32Array }) => void (view[1] = 2), { view: data });
    thread.run(
      (view: Int32Array, f: () => number) => void (view[2] = f()),
      data,
      () => 3,
    );
    expect([...data]).toEqual([1, 2, 3]);
  });

  test('what a function captures, however it does', () => {
    const data = cells(5);
    class Holder {
      static readonly data = data;
      own = data;
    }
    const holder = new Holder();
    const bound = function (this: Int32Array): void {
      this[3] = 4;
    }.bind(data);
    thread.run(() => {
      data[0] = 1;
      Holder.data[1] = 2;
      holder.own[2] = 3;
      bound();
      new Map([[0, data]]).get(0)?.set([5], 4);
    });
    expect([...data]).toEqual([1, 2, 3, 4, 5]);
  });

  test('what an instance of a registered class hides: captured, and sent', () => {
    const data = cells(1);
    const counter = new Counter(data);
    thread.run(() => counter.add());
    thread.run((sent: Counter) => sent.add(), counter);
    expect(data[0]).toBe(2);
  });

  test('what it was told a while ago', () => {
    const data = cells(1);
    const count = (): number => Atomics.add(data, 0, 1);
    for (let i = 0; i < 5; i++) expect(thread.run(count)).toBe(i);
    data[0] = 100;
    expect(thread.run(count)).toBe(100);
  });

  test('every kind of view', () => {
    const memory = new SharedArrayBuffer(64);
    const views = [
      new Uint8Array(memory, 1, 2),
      new Float64Array(memory, 8, 2),
      new BigInt64Array(memory, 8),
      new DataView(memory, 3, 10),
      Buffer.from(memory, 5, 6),
    ];
    const seen = thread.run((...list: ArrayBufferView[]) => list, ...views);
    const captured = thread.run(() => views);
    for (const list of [seen, captured]) {
      expect(list.map(({ byteOffset, byteLength }) => [byteOffset, byteLength])).toEqual([
        [1, 2],
        [8, 16],
        [8, 56],
        [3, 10],
        [5, 6],
      ]);
      expect(list.map((view) => Object.prototype.toString.call(view))).toEqual(
        views.map((view) => Object.prototype.toString.call(view)),
      );
      expect(Buffer.isBuffer(list[4])).toBe(true);
      (list[3] as DataView).setUint8(0, list === seen ? 5 : 6);
      expect(new Uint8Array(memory)[3]).toBe(list === seen ? 5 : 6);
    }
  });
});

describe('the memory of a thread comes back', () => {
  const thread = new Thread();

  test('as a result, and inside of one', () => {
    const kept: Int32Array[] = [];
    const make = (): Int32Array => new Int32Array(new SharedArrayBuffer(4)).fill(3);
    const one = thread.call(() => (kept[0] = make()));
    const { inner } = thread.call(() => ({ inner: (kept[1] = make()), f: Math.max }));
    thread.run(() => kept.forEach((view) => view.fill(4)));
    expect([one[0], inner[0]]).toEqual([4, 4]);
    expect(one.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('as a property of what it throws', () => {
    const data = cells(1);
    const error = thrown(Object.assign(new Error('boom'), { data })) as { data: Int32Array };
    error.data[0] = 5;
    expect(data[0]).toBe(5);
    (thrown({ data }) as { data: Int32Array }).data[0] = 6;
    expect(data[0]).toBe(6);
  });
});

describe('one memory stays one', () => {
  const thread = new Thread();
  const isOne = (...views: ArrayBufferView[]): boolean =>
    views.every(({ buffer }) => buffer === views[0]?.buffer);

  test('in the arguments', () => {
    const memory = new SharedArrayBuffer(8);
    const [a, b] = [new Int32Array(memory), new Uint8Array(memory, 4)];
    expect(thread.run(isOne, a, b)).toBe(true);
    expect(thread.run((list: ArrayBufferView[]) => isOne(...list), [a, b])).toBe(true);
    expect(thread.run((x: Int32Array, y: Int32Array) => x === y, a, a)).toBe(true);
    expect(thread.run((x: Int32Array, y: SharedArrayBuffer) => x.buffer === y, a, memory)).toBe(true);
  });

  test('in what functions capture, and between them and what they are sent with', () => {
    const memory = new SharedArrayBuffer(8);
    const [a, b] = [new Int32Array(memory), new Uint8Array(memory, 4)];
    const counter = new Counter(a);
    const f = (): boolean => isOne(a, b, counter.state.cell);
    expect(thread.run(f)).toBe(true);
    expect(
      thread.run(
        (g: () => Int32Array, view: Uint8Array) => isOne(g(), view),
        () => a,
        b,
      ),
    ).toBe(true);
  });

  test('in a result', () => {
    const back = thread.call(() => {
      const memory = new SharedArrayBuffer(8);
      return { a: new Int32Array(memory), b: new Uint8Array(memory, 4) };
    });
    expect(isOne(back.a, back.b)).toBe(true);
  });
});

test('memory that grows keeps its bound, and views of all of it grow with it', () => {
  const thread = new Thread();
  const memory = growable(8, 64);
  const views = [
    new Uint8Array(memory),
    new Uint8Array(memory, 0, 8),
    new DataView(memory, 4),
    Buffer.from(memory),
  ];
  const lists = [thread.run((...list: ArrayBufferView[]) => list, ...views), thread.run(() => views)];
  memory.grow(16);
  for (const list of lists) {
    expect(list.map(({ byteLength }) => byteLength)).toEqual([16, 8, 12, 8]);
    expect((list[0]?.buffer as Growable).maxByteLength).toBe(64);
  }
});

test('shared memory is not counted, not compared and not copied, however large', () => {
  const memory = new SharedArrayBuffer(1 << 30);
  const f = (): number => memory.byteLength;
  const { blocks } = encodeArguments([memory, new Uint8Array(memory)], true);
  expect(blocks.map(({ byteLength }) => byteLength)).toEqual([0, 0]);
  expect(encodeFunction(f, true)).toBe(encodeFunction(f, true));
  expect(new Thread().run(f)).toBe(1 << 30);
});

test('a worker forgets memory that is gone here', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const peer = new Peer();
  let memories = 0;
  const released = new Set<number>();
  const known: number[] = [];
  const pack = (f: () => unknown): void => {
    const { text } = peer.pack(encodeFunction(f, true).needs) ?? { text: '{"r":[]}' };
    const { r, m = [] } = JSON.parse(text) as { r: number[]; m?: number[] };
    for (const uid of r) released.add(uid);
    known.push(...m);
    memories += m.length;
  };
  const many = (): void => {
    for (let i = 0; i < 50; i++) {
      const memory = new SharedArrayBuffer(8);
      pack(() => memory);
    }
  };
  many();
  expect(memories).toBe(50);
  const gone = (): number => known.filter((uid) => released.has(uid)).length;
  for (let turns = 0; gone() < 40 && turns < 50; turns++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
    pack(() => turns);
  }
  expect(gone()).toBeGreaterThanOrEqual(40);
});

describe('a process is refused it, with the way there', () => {
  const memory = new SharedArrayBuffer(8);
  const view = new Int32Array(memory);
  const why =
    /^a SharedArrayBuffer cannot be sent to another process: use a ThreadPool, whose threads share it/;

  const refusal = (send: () => unknown): string[] => {
    try {
      send();
    } catch (error) {
      expect(error).toBeInstanceOf(PicklingError);
      const [message, ...trail] = (error as Error).message.split('\n');
      expect(message).toMatch(why);
      return trail.slice(1).map((line) => line.trim());
    }
    throw new Error('it was sent');
  };

  test.each<[string, unknown, string[]]>([
    ['itself', memory, ['[0]']],
    ['a view', view, ['[0]', '.buffer']],
    ['a Buffer', Buffer.from(memory), ['[0]', '.buffer']],
    ['a DataView', new DataView(memory), ['[0]', '.buffer']],
    ['deep inside', { list: [new Map([['k', view]])] }, ['[0]', '.list', '[0]', '.get("k")', '.buffer']],
  ])('an argument: %s', (_name, value, trail) => {
    expect(refusal(() => encodeArguments([value], false))).toEqual(trail);
    expect(refusal(() => encode([value]))).toEqual(trail);
  });

  test('a variable, also after threads were given it', () => {
    const f = (): number => view.length;
    encodeFunction(f, true);
    const trail = refusal(() => encodeFunction(f));
    expect(trail.slice(1)).toEqual(["variable 'view'", '.buffer']);
    expect(refusal(() => encodeFunction(f, false))).toEqual(trail);
    expect(() => encodeFunction(f, true)).not.toThrow();
  });

  test('what a registered instance hides', () => {
    const counter = new Counter(view);
    expect(refusal(() => encodeFunction(() => counter)).slice(1)).toEqual([
      "variable 'counter'",
      '<reduced>',
      '.cell',
      '.buffer',
    ]);
  });

  test('a result', () => {
    expect(refusal(() => encodeOneResult(view, false))).toEqual(['.buffer']);
    expect(refusal(() => encodeOneResult({ a: [memory] }, false))).toEqual(['.a', '[0]']);
  });

  test('and an error comes without it', () => {
    const { text, blocks } = encodeThrown(Object.assign(new Error('boom'), { view, code: 5 }), false);
    expect(text).toMatch(/boom/);
    expect(text).not.toMatch(/view/);
    expect(blocks).toEqual([]);
  });
});
