import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { ThreadMemory } from '../../lib/wire/thread_memory';

const fixture = (name: string): string => join(__dirname, '../fixtures/wire', name);

const threads: Worker[] = [];
const start = (name: string, memory: ThreadMemory): Worker => {
  const thread = new Worker(fixture(name), { workerData: memory.buffer });
  threads.push(thread);
  return thread;
};
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
});

describe('the claims of a thread', () => {
  test('as many are taken as were added, and no more', () => {
    const { claims } = new ThreadMemory();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5000, max: 5000 }), { maxLength: 20 }), (steps) => {
        let left = 0;
        for (const step of steps) {
          if (step >= 0) {
            claims.add(step);
            left += step;
          } else {
            const expected = Math.min(left, -step);
            expect(claims.take(-step)).toBe(expected);
            left -= expected;
          }
        }
        expect(claims.take(Infinity)).toBe(left);
      }),
      { numRuns: 200 },
    );
  });

  test('are counted on where the counters wrap around', () => {
    const { claims } = new ThreadMemory();
    claims.add(2 ** 31 - 10);
    expect(claims.take(Infinity)).toBe(2 ** 31 - 10);
    for (let i = 0; i < 5; i++) {
      claims.add(7);
      expect(claims.take(3)).toBe(3);
      expect(claims.take(Infinity)).toBe(4);
    }
    expect(claims.take(1)).toBe(0);
  });

  test('three threads get each claim once', async () => {
    const memory = new ThreadMemory();
    const takers = [start('thread_claimer.cjs', memory), start('thread_claimer.cjs', memory)];
    await Promise.all(takers.map((taker) => once(taker, 'message')));
    const counts = takers.map(async (taker) => ((await once(taker, 'message')) as [number])[0]);
    let [added, own] = [0, 0];
    for (let round = 0; round < 1_000_000; round++) {
      const n = 1 + ((round * 7919) % 13);
      memory.claims.add(n);
      added += n;
      if (round % 3 === 0) own += memory.claims.take(1 + (round % 5));
      if (round % 97 === 0) own += memory.claims.take(Infinity);
    }
    // Nothing more comes: who finds nothing then has had all that it gets.
    memory.claims.add(10);
    added += 10;
    for (const taker of takers) taker.postMessage('over');
    const [a, b] = (await Promise.all(counts)) as [number, number];
    own += memory.claims.take(Infinity);
    expect(a + b + own).toBe(added);
    expect(Math.min(a + b, own)).toBeGreaterThan(0);
  });
});

describe('the journal of a thread', () => {
  test('gives back what was written since the last frame, and nothing else', () => {
    const line = fc
      .string({ unit: 'binary', maxLength: 300 })
      .map((text) => Buffer.from(JSON.stringify(text)).toString());
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 5 }), { maxLength: 8 }), (frames) => {
        const { journal } = new ThreadMemory();
        frames.forEach((texts, frame) => {
          expect(journal.read(frame)).toEqual([]);
          for (const each of texts) expect(journal.write(each)).toBe(true);
          expect(journal.read(frame)).toEqual(texts);
          expect(journal.read(frame + 1)).toEqual([]);
          expect(journal.read(frame - 1)).toEqual([]);
          journal.nextFrame();
        });
        expect(journal.read(frames.length)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('refuses what has no room, and has room again in the next frame', () => {
    const { journal } = new ThreadMemory();
    const text = '\u{ffff}'.repeat(1000);
    let kept = 0;
    while (journal.write(text)) kept++;
    expect(kept).toBeGreaterThan(10);
    expect(journal.read(0)).toEqual(new Array(kept).fill(text));
    journal.nextFrame();
    expect(journal.write(text)).toBe(true);
    expect(journal.read(1)).toEqual([text]);
  });

  test('what is read while the thread writes is never torn, nor of another frame', async () => {
    const memory = new ThreadMemory();
    start('thread_journal_writer.cjs', memory);
    const words = new Int32Array(memory.buffer);
    const FRAME = 2;
    let records = 0;
    const wrong: string[] = [];
    // Some at least, however long the writer takes to start; then for a while.
    const deadline = Date.now() + 45_000;
    let end = deadline;
    while (records < 100_000 && Date.now() < end) {
      if (end === deadline && records > 100) end = Date.now() + 5000;
      const frame = Atomics.load(words, FRAME);
      const letter = String.fromCharCode(97 + (frame % 26));
      memory.journal.read(frame).forEach((text, i) => {
        records++;
        if (text !== `${frame}:${i}:${letter.repeat((frame * 7919) % 1300)}`) wrong.push(text);
      });
      if (records === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(records).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });
});

describe('what a thread has sent and its parent not taken in', () => {
  test('stops it from a megabyte on, and the parent is asked to tell when it has taken it in', () => {
    const parent = new ThreadMemory();
    const thread = new ThreadMemory(parent.buffer);
    thread.sent(1 << 20);
    expect(thread.congested).toBe(false);
    thread.sent(1);
    expect(thread.congested).toBe(true);
    expect(parent.received(1)).toBe(true);
    expect(thread.congested).toBe(false);
    expect(parent.received(1 << 20)).toBe(false);
  });
});
