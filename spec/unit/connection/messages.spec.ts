import fc from 'fast-check';
import { frameOf, MessageReader } from '../../../lib/connection/messages';

const frame = (bytes: Uint8Array): Buffer => Buffer.concat(frameOf([bytes], bytes.length));
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function readAll(reader: MessageReader): Buffer[] {
  const all: Buffer[] = [];
  for (let message = reader.next(); message !== null; message = reader.next()) all.push(Buffer.from(message));
  return all;
}

describe('a message lies on the stream as CPython lays it', () => {
  test.each([
    [0, '00000000'],
    [1, '00000001'],
    [16_384, '00004000'],
    [16_385, '00004001'],
    [100_000, '000186a0'],
  ])('of %i bytes', (length, head) => {
    const bytes = Buffer.alloc(length, 'x');
    const framed = frame(bytes);
    expect(framed.subarray(0, 4).toString('hex')).toBe(head);
    expect(framed.subarray(4).equals(bytes)).toBe(true);
  });

  test('of 2^31 bytes and more: -1, then eight bytes', () => {
    // Only the length counts here.
    const [head, ...rest] = frameOf([], 2 ** 31);
    expect(Buffer.from(head as Uint8Array).toString('hex')).toBe('ffffffff0000000080000000');
    expect(rest).toEqual([]);
    expect(Buffer.from(frameOf([], 2 ** 31 - 1)[0] as Uint8Array).toString('hex')).toBe('7fffffff');
  });

  test('in one piece up to 16 KiB, and long ones are not copied', () => {
    const long = Buffer.alloc(16_385);
    expect(frameOf([Buffer.alloc(16_384)], 16_384)).toHaveLength(1);
    expect(frameOf([long], long.length)[1]).toBe(long);
  });
});

describe('what is read', () => {
  test('the long form counts for short messages too', () => {
    const reader = new MessageReader();
    reader.push(hex('ffffffff 0000000000000005 68656c6c6f'));
    expect(readAll(reader).map(String)).toEqual(['hello']);
  });

  test.each([
    ['-2', 'fffffffe 7a7a'],
    ['the least', '80000000'],
  ])('a length of %s can never be', (_name, bytes) => {
    const reader = new MessageReader();
    reader.push(hex(bytes));
    expect(reader.length).toBe(Infinity);
    expect(reader.next()).toBeNull();
  });

  test('the length is known as soon as the head is here', () => {
    const reader = new MessageReader();
    reader.push(hex('7fffff'));
    expect(reader.length).toBeNull();
    reader.push(hex('ff'));
    expect([reader.length, reader.buffered]).toEqual([2 ** 31 - 1, 0]);
    const long = new MessageReader();
    long.push(hex('ffffffff ffffffffffffff'));
    expect(long.length).toBeNull();
    long.push(hex('ff'));
    expect(long.length).toBe(2 ** 64);
  });

  test('a stream that ends in the middle is told from one that ends between messages', () => {
    const reader = new MessageReader();
    expect(reader.isPartial).toBe(false);
    reader.push(hex('00'));
    expect(reader.isPartial).toBe(true);
    reader.push(hex('000000'));
    expect(readAll(reader)).toEqual([Buffer.alloc(0)]);
    expect(reader.isPartial).toBe(false);
    reader.push(hex('00000002 01'));
    expect(readAll(reader)).toEqual([]);
    expect(reader.isPartial).toBe(true);
  });

  test('messages come out as they went in, wherever the stream is cut', () => {
    const message = fc.oneof(
      { weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(0, 255, 16_384, 16_385, 70_000)
          .map((n) => new Uint8Array(n).fill(n % 251)),
      },
    );
    const cuts = fc.array(fc.nat({ max: 1 << 20 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), cuts, fc.boolean(), (messages, places, isEager) => {
        const bytes = Buffer.concat(messages.map(frame));
        const ends = [...new Set([...places.map((p) => p % (bytes.length + 1)), bytes.length])].sort(
          (a, b) => a - b,
        );
        const reader = new MessageReader();
        const found: Buffer[] = [];
        let from = 0;
        for (const end of ends) {
          reader.push(Buffer.from(bytes.subarray(from, end)));
          if (isEager) found.push(...readAll(reader));
          from = end;
        }
        found.push(...readAll(reader));
        expect(found.map((each) => each.toString('base64'))).toEqual(
          messages.map((each) => Buffer.from(each).toString('base64')),
        );
        expect([reader.isPartial, reader.buffered]).toEqual([false, 0]);
      }),
      { numRuns: 300 },
    );
  });

  test('a long message may come byte by byte', () => {
    const bytes = Buffer.from(Array.from({ length: 60_000 }, (_, i) => i % 256));
    const reader = new MessageReader();
    for (const byte of frame(bytes)) reader.push(Buffer.of(byte));
    expect(readAll(reader)[0]?.equals(bytes)).toBe(true);
  });

  test('whatever comes, it is read or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }), (chunks) => {
        const reader = new MessageReader();
        let pushed = 0;
        for (const chunk of chunks) {
          reader.push(Buffer.from(chunk));
          pushed += chunk.length;
          readAll(reader);
          expect(reader.buffered).toBeLessThanOrEqual(pushed);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
