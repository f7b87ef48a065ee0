import { PicklingError } from '../../../lib/errors';
import { encode, encodeArguments, encodeFunction } from '../../../lib/reduction/sending';
import { isMoved, transfer } from '../../../lib/reduction/transfer';
import { encodeThrown } from '../../../workers/replies';
import { returned, Thread } from './thread';

/** The part of it that is used here: TypeScript has it among the names of browsers. */
interface Wasm {
  readonly WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } };
}

const LARGE = 1 << 20;
const ramp = (length: number): Float64Array<ArrayBuffer> => Float64Array.from({ length }, (_, i) => i);

describe.each([
  ['small', 10],
  ['large', LARGE / 8],
])('a %s buffer', (_name, length) => {
  const thread = new Thread();

  test('is gone here and there whole', () => {
    const data = ramp(length);
    const there = thread.run((x: Float64Array) => x, transfer(data));
    expect([data.length, data.buffer.byteLength]).toEqual([0, 0]);
    expect(there).toBeInstanceOf(Float64Array);
    expect(there).toEqual(ramp(length));
  });

  test('is moved from wherever it is', () => {
    const [a, b, c, d] = [ramp(length), ramp(length), ramp(length), ramp(length)] as const;
    const there = thread.run(
      (x: ArrayBuffer, y: { deep: Float64Array[] }, f: () => number, z: DataView) => [
        x.byteLength,
        y.deep[0]?.length,
        f(),
        z.byteLength,
      ],
      transfer(a.buffer),
      { deep: [transfer(b)] },
      () => 1,
      transfer(new DataView(c.buffer)),
    );
    expect(there).toEqual([length * 8, length, 1, length * 8]);
    expect([a, b, c].map((each) => each.length)).toEqual([0, 0, 0]);
    expect(d).toHaveLength(length);
  });

  test('goes with all views of it, which stay views of one', () => {
    const data = ramp(length);
    const part = transfer(data.subarray(2, 5));
    const there = thread.run((x: Float64Array, y: Float64Array) => ({ x, y }), part, data);
    expect([...there.x]).toEqual([2, 3, 4]);
    expect([there.x.byteOffset, there.y.length]).toEqual([16, length]);
    expect(there.x.buffer).toBe(there.y.buffer);
    expect([part.length, data.length]).toEqual([0, 0]);
  });

  test('comes back', () => {
    const [a, b, c] = [ramp(length), ramp(length), ramp(length)] as const;
    expect(returned(transfer(a))).toEqual(c);
    expect(returned({ inner: transfer(b), f: Math.max }).inner).toEqual(c);
    expect(returned([transfer(c), 1])).toEqual([ramp(length), 1]);
    expect([a, b, c].map((each) => each.length)).toEqual([0, 0, 0]);
  });

  test('for a process it is moved just the same', () => {
    const data = ramp(length);
    const { blocks } = encodeArguments([transfer(data)], false);
    expect(data).toHaveLength(0);
    expect(new Float64Array(blocks[0]?.buffer as ArrayBuffer)).toEqual(ramp(length));
    expect(blocks.some(isMoved)).toBe(false);
  });
});

test('only a large one, to a thread, is moved by its message; a small copy can be sent again', () => {
  const blocks = (length: number): readonly Uint8Array[] =>
    encodeArguments([transfer(ramp(length))], true).blocks;
  expect(blocks(10).some(isMoved)).toBe(false);
  expect(blocks(LARGE).some(isMoved)).toBe(true);
});

describe('nothing is moved', () => {
  const data = transfer(ramp(LARGE));

  test('of what is marked and not sent', () => {
    encodeArguments([ramp(LARGE), { data: 1 }], true);
    expect(data).toHaveLength(LARGE);
  });

  test.each([
    ['beside it', () => [data, Promise.resolve()]],
    ['behind it', () => [{ data, promise: Promise.resolve() }]],
    ['before it', () => [() => 1, Promise.resolve(), data]],
  ])('if something %s cannot be sent', (_name, list) => {
    expect(() => encodeArguments(list(), true)).toThrow('a Promise cannot be sent');
    expect(() => encodeArguments(list(), false)).toThrow('a Promise cannot be sent');
    expect(data).toHaveLength(LARGE);
  });

  test('of what a function captures, what goes to every worker, and what is thrown', () => {
    encodeFunction(() => data, true);
    encodeArguments([(): Float64Array => data, data], true);
    encode([data], true);
    encodeThrown(Object.assign(new Error('boom'), { data, promise: Promise.resolve() }), true);
    expect(data).toHaveLength(LARGE);
  });
});

describe('a clear error', () => {
  test('for what is no memory of its own', () => {
    expect(() => transfer('x' as never)).toThrow(
      new TypeError('transfer() takes an ArrayBuffer or a view of one'),
    );
    expect(() => transfer(new Uint8Array(new SharedArrayBuffer(8)))).toThrow(
      new TypeError('a SharedArrayBuffer is shared: it cannot be moved'),
    );
  });

  test.each([
    ['a pool of node', () => Buffer.from('small')],
    ['WebAssembly', () => new (globalThis as unknown as Wasm).WebAssembly.Memory({ initial: 1 }).buffer],
  ])('for memory of %s', (_name, make) => {
    for (const wrap of [(x: unknown) => x, (x: unknown) => ({ x, f: () => 1 })]) {
      const value = transfer(make());
      expect(() => encodeArguments([wrap(value)], true)).toThrow(
        /^this ArrayBuffer cannot be moved.*send it without transfer\(\), or a copy of it\n[^]*\[0\]/,
      );
      expect(value.byteLength).toBeGreaterThan(0);
    }
  });

  test.each<[string, (data: Float64Array) => unknown]>([
    ['a typed array', (data) => data],
    ['a DataView', (data) => new DataView(data.buffer)],
    ['a Buffer', (data) => Buffer.from(data.buffer)],
    ['a buffer', (data) => data.buffer],
    ['one inside', (data) => ({ list: [data] })],
  ])('for what is gone: %s', (_name, make) => {
    const data = ramp(4);
    const value = make(data);
    const f = (): unknown => value;
    encodeFunction(f, true);
    encodeArguments([transfer(data)], true);
    for (const sharesMemory of [true, false]) {
      const gone = new PicklingError('a detached ArrayBuffer cannot be sent');
      expect(() => encodeArguments([value], sharesMemory)).toThrow(gone.message);
      expect(() => encode([1, value], sharesMemory)).toThrow(gone.message);
      expect(() => encodeFunction(f, sharesMemory)).toThrow(gone.message);
    }
  });

  test('an empty buffer is not a gone one', () => {
    const there = new Thread().run(
      (x: ArrayBuffer, y: Uint8Array) => [x, y],
      new ArrayBuffer(0),
      new Uint8Array(0),
    );
    expect(there.map(({ byteLength }) => byteLength)).toEqual([0, 0]);
    expect(new Thread().run((x: ArrayBuffer) => x.byteLength, transfer(new ArrayBuffer(0)))).toBe(0);
  });
});

test('what is sent is sent as it was, though it changes before it has left', () => {
  class Frame {
    constructor(readonly data: ArrayBuffer) {}
  }
  const frame = new Frame(ramp(LARGE).buffer);
  const { blocks } = encode(frame);
  new Uint8Array(frame.data).fill(255);
  expect(new Float64Array(blocks[0]?.buffer as ArrayBuffer)[5]).toBe(5);
});
