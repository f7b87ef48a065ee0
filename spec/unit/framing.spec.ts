import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { encodeFrame, FrameReader } from '../../lib/wire/framing';

interface Frame {
  readonly text: string;
  readonly blocks: readonly Uint8Array[];
}

const block = fc.oneof(
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 50 }) },
  // Around the size up to which blocks are copied, and far beyond.
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(0, 1, 16_383, 16_384, 16_385, 70_000, 200_000)
      .map((n) => new Uint8Array(n).fill(n % 251)),
  },
);
const frame: fc.Arbitrary<Frame> = fc.record({
  text: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(''), fc.constant('ü'.repeat(40_000))),
  blocks: fc.array(block, { maxLength: 5 }),
});

const wire = (frames: readonly Frame[]): Buffer =>
  Buffer.concat(frames.flatMap(({ text, blocks }) => encodeFrame(text, blocks)));
const plain = ({ text, blocks }: Frame): unknown => [
  text,
  blocks.map((each) => Buffer.from(each).toString('base64')),
];

/** Cuts bytes at the given places (taken modulo their number). */
function* cut(bytes: Buffer, places: readonly number[]): Generator<Buffer> {
  const ends = [...new Set([...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  let from = 0;
  for (const end of ends) {
    yield bytes.subarray(from, end);
    from = end;
  }
}

const places = fc.array(fc.nat({ max: 1 << 20 }), { maxLength: 30 });

test('frames come out as they went in, wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), places, (frames, at) => {
      const found: Frame[] = [];
      const reader = new FrameReader((text, blocks) => found.push({ text, blocks }));
      for (const chunk of cut(wire(frames), at)) reader.push(chunk);
      expect(found.map(plain)).toEqual(frames.map(plain));
      expect(reader.partial).toBe(false);
    }),
    { numRuns: 400 },
  );
});

test('so they do when the memory of the chunks is written again', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), places, (frames, at) => {
      const found: Frame[] = [];
      const reader = new FrameReader((text, blocks) => found.push({ text, blocks }));
      const memory = Buffer.alloc(1 << 20);
      for (const chunk of cut(wire(frames), at)) {
        for (let from = 0; from < chunk.length; from += memory.length) {
          const copied = chunk.copy(memory, 0, from);
          reader.push(memory.subarray(0, copied), true);
          memory.fill(0xaa, 0, copied);
        }
      }
      expect(found.map(plain)).toEqual(frames.map(plain));
    }),
    { numRuns: 400 },
  );
});

test('so they do when big parts are read to their place', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 65_536 }), { minLength: 1, maxLength: 9 }),
      (frames, sizes) => {
        const found: Frame[] = [];
        const reader = new FrameReader((text, blocks) => found.push({ text, blocks }));
        const bytes = wire(frames);
        let direct = 0;
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] as number;
          const target = reader.target;
          if (target === null) {
            reader.push(bytes.subarray(at, at + size));
            at += size;
          } else {
            const copied = bytes.copy(target, 0, at, Math.min(at + size, at + target.length));
            reader.advance(copied);
            direct += copied;
            at += copied;
          }
        }
        expect(found.map(plain)).toEqual(frames.map(plain));
        expect(reader.partial).toBe(false);
        expect(direct).toBeLessThanOrEqual(bytes.length);
      },
    ),
    { numRuns: 400 },
  );
});

test('byte by byte', () => {
  const frames: Frame[] = [
    { text: '', blocks: [] },
    { text: '[1,"ü"]', blocks: [new Uint8Array(0), new Uint8Array([1, 2, 3])] },
    { text: '', blocks: [new Uint8Array(0)] },
    { text: 'x', blocks: [] },
  ];
  const found: Frame[] = [];
  const reader = new FrameReader((text, blocks) => found.push({ text, blocks }));
  const bytes = wire(frames);
  for (let i = 0; i < bytes.length; i++) reader.push(bytes.subarray(i, i + 1));
  expect(found.map(plain)).toEqual(frames.map(plain));
});

test('an unfinished frame shows', () => {
  const bytes = wire([{ text: 'abc', blocks: [new Uint8Array([1])] }]);
  for (let end = 1; end < bytes.length; end++) {
    const reader = new FrameReader(() => {
      throw new Error('there is no whole frame');
    });
    reader.push(bytes.subarray(0, end));
    expect(reader.partial).toBe(true);
  }
});

test("a reader may be given bytes from within its own handler's turn: blocks keep their content", () => {
  const kept: Buffer[] = [];
  const reader = new FrameReader((_text, blocks) => kept.push(...blocks));
  for (let i = 0; i < 50; i++) reader.push(wire([{ text: 't', blocks: [new Uint8Array(100).fill(i)] }]));
  expect(kept.every((each, i) => each.every((byte) => byte === i))).toBe(true);
});

test('a block of more than 2 GiB is read in parts that one call can read', () => {
  const length = 3 * 2 ** 30;
  const beginning = Buffer.alloc(16 + 1);
  beginning.writeUInt32LE(0, 0);
  beginning.writeUInt32LE(1, 4);
  beginning.writeDoubleLE(length, 8);
  const found: number[] = [];
  const reader = new FrameReader((_text, blocks) => found.push(...blocks.map((block) => block.length)));
  reader.push(beginning);
  const read: number[] = [];
  while (reader.target !== null && read.length < 5) {
    read.push(reader.target.length);
    reader.advance(reader.target.length);
  }
  expect(Math.max(...read)).toBeLessThan(2 ** 31);
  // The last ones are not worth it; the first byte had come before.
  expect(read.reduce((sum, each) => sum + each)).toBe(length - 1);
  expect(found).toEqual([length]);
});
