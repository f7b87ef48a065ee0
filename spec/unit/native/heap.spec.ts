import { fstatSync } from 'node:fs';
import fc from 'fast-check';
import { arena, Block } from '../../../lib/native/arena';
import { classOf } from '../../../lib/native/heap';
import { GRANULE, HEAD, WINDOW } from '../../../lib/native/layout';
import { MemoryError } from '../../../lib/util/exceptions';
import { family } from '../../../lib/util/family_file';

interface Held {
  readonly offset: number;
  readonly bytes: number;
  readonly mark: number;
}

/** The words of a block at both its ends. */
function* ends({ offset, bytes }: Held): Generator<Int32Array> {
  const { mapping } = arena();
  const { buffer, start } = mapping.piece(offset, bytes);
  const words = new Int32Array(buffer, start, bytes >> 2);
  yield words.subarray(0, 16);
  yield words.subarray(-16);
}

const write = (held: Held): void => {
  for (const words of ends(held)) words.fill(held.mark);
};
const isWhole = (held: Held): boolean =>
  [...ends(held)].every((words) => words.every((word) => word === held.mark));

/** All sizes, and around the borders where something changes. */
const sizes = fc.oneof(
  fc.integer({ min: 1, max: 1000 }),
  fc.integer({ min: 1, max: WINDOW / 4 }),
  fc.constantFrom(
    GRANULE,
    GRANULE + 1,
    WINDOW / 2,
    WINDOW - 8,
    WINDOW,
    WINDOW + 8,
    3 * WINDOW,
    5 * WINDOW + 64,
  ),
);
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ take: sizes }) },
    { weight: 2, arbitrary: fc.record({ give: fc.nat(100) }) },
  ),
  { maxLength: 60 },
);

describe('the heap', () => {
  test('uses what is left of a window when a larger block does not fit it', () => {
    const { heap } = arena();
    const windowOf = (bytes: number): number => Math.floor(heap.allocate(bytes) / WINDOW);
    // To the beginning of a window that nobody has touched.
    while (heap.allocate(WINDOW / 4) % WINDOW !== 0);
    const first = windowOf(WINDOW / 4);
    expect(windowOf(WINDOW)).not.toBe(first);
    expect(windowOf(WINDOW / 2)).toBe(first);
    expect(windowOf(WINDOW / 2)).not.toBe(first);
  });

  test('gives blocks that lie apart, begin at a granule, fit a window and keep what is written in them', () => {
    const { heap } = arena();
    let marks = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const held: Held[] = [];
        for (const step of list) {
          if ('take' in step) {
            const bytes = Math.ceil(step.take / 64) * 64;
            const block = { offset: heap.allocate(bytes), bytes, mark: ++marks };
            expect(block.offset % GRANULE).toBe(0);
            expect(block.offset).toBeGreaterThanOrEqual(HEAD);
            const window = Math.floor(block.offset / WINDOW);
            if (bytes > WINDOW) expect(block.offset % WINDOW).toBe(0);
            else expect(Math.floor((block.offset + bytes - 1) / WINDOW)).toBe(window);
            for (const other of held) {
              const apart =
                other.offset + other.bytes <= block.offset || block.offset + bytes <= other.offset;
              expect(apart).toBe(true);
            }
            write(block);
            held.push(block);
          } else if (held.length > 0) {
            const [block] = held.splice(step.give % held.length, 1) as [Held];
            expect(isWhole(block)).toBe(true);
            heap.free(block.offset, block.bytes);
          }
        }
        expect(held.every(isWhole)).toBe(true);
        for (const { offset, bytes } of held) heap.free(offset, bytes);
      }),
      { numRuns: 200 },
    );
  });

  test.each([1, 64, 65, 5000, WINDOW, WINDOW + 1, 10 * WINDOW])(
    'gives a block of %i bytes again that was given back',
    (bytes) => {
      const { heap } = arena();
      const first = heap.allocate(bytes);
      heap.free(first, bytes);
      expect(heap.allocate(bytes)).toBe(first);
      heap.free(first, bytes);
    },
  );

  test('knows how many granules a block takes', () => {
    expect([1, 64, 65, 128, 129, 2 ** 31].map(classOf)).toEqual([0, 0, 1, 1, 2, 25]);
  });

  test('refuses what is larger than any memory', () => {
    expect(() => arena().heap.allocate(2 ** 40)).toThrow(new MemoryError('cannot share 1099511627776 bytes'));
    expect(() => arena().heap.allocate(2 ** 36)).toThrow(MemoryError);
  });

  test('goes on where somebody was killed in the middle of it', () => {
    const { heap, mapping } = arena();
    const words = mapping.words(0, 1);
    // A token that nobody has any more.
    Atomics.store(words, 0, 7 * 1024 + 1023);
    expect(heap.allocate(64)).toBeGreaterThan(0);
    expect(Atomics.load(words, 0)).toBe(0);
  });
});

describe('a block', () => {
  test.each([8, 100, 5000, WINDOW, 3 * WINDOW])('of %i bytes is all zero, whoever had it before', (bytes) => {
    const { heap } = arena();
    for (let i = 0; i < 3; i++) {
      const block = Block.make(bytes);
      expect(block.words.every((word) => word === 0)).toBe(true);
      block.words.fill(-1);
      heap.free(block.offset, block.bytes);
    }
  });

  test('larger than a window takes memory for what was asked for, and gives it back', () => {
    const { heap } = arena();
    const before = memoryOfFile();
    // Its class has 64 MiB.
    const bytes = 33 << 20;
    const offset = heap.allocate(bytes);
    expect(memoryOfFile() - before).toBe(bytes);
    heap.free(offset, bytes);
    expect(memoryOfFile() - before).toBeLessThanOrEqual(4096);
    expect(heap.allocate(bytes)).toBe(offset);
    heap.free(offset, bytes);
  });

  test('of another family is refused', () => {
    const { offset, bytes, file } = Block.make(64).share();
    expect(Block.at({ offset, bytes, file }).offset).toBe(offset);
    expect(() => Block.at({ offset, bytes, file: file + 1 })).toThrow(
      'this process does not share the memory of the one that has sent the object',
    );
  });
});

/** Bytes of memory behind the shared file. */
function memoryOfFile(): number {
  return fstatSync(family().fd).blocks * 512;
}
