import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { FileJournal, LONGEST_RECORD, readJournal } from '../../lib/wire/file_journal';

let folder: string;
let fd: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-spec-'));
  fd = openSync(join(folder, 'journal'), 'wx+');
});

afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

test('holds nothing at first', () => {
  expect(readJournal(fd, 0)).toEqual([]);
});

test('gives back what was written since the last frame, and nothing else', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(fc.array(fc.array(text, { maxLength: 5 }), { maxLength: 8 }), (frames) => {
      ftruncateSync(fd, 0);
      const journal = new FileJournal(fd);
      frames.forEach((texts, frame) => {
        expect(readJournal(fd, frame)).toEqual([]);
        const kept = texts.filter((each) => journal.write(each));
        // Half a surrogate pair is not text: JSON never has one.
        expect(readJournal(fd, frame)).toEqual(kept.map((each) => Buffer.from(each).toString()));
        expect(readJournal(fd, frame + 1)).toEqual([]);
        if (kept.length > 0 && frame > 0) expect(readJournal(fd, frame - 1)).toEqual([]);
        journal.nextFrame();
      });
      expect(readJournal(fd, frames.length)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('refuses what is too long', () => {
  const journal = new FileJournal(fd);
  expect(journal.write('x'.repeat(LONGEST_RECORD))).toBe(false);
  expect(journal.write('\u{ffff}'.repeat(Math.floor(LONGEST_RECORD / 3)))).toBe(true);
  expect(readJournal(fd, 0)).toHaveLength(1);
});

test('goes on when the number of the frame starts again', () => {
  const journal = new FileJournal(fd);
  journal.write('first');
  expect(readJournal(fd, 0x10000000)).toEqual(['first']);
});

test('a record that is not whole is not read, those before it are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 5 }),
      fc.nat(),
      (texts, cut) => {
        ftruncateSync(fd, 0);
        const journal = new FileJournal(fd);
        const ends = texts.map((text, i) => {
          journal.write(text);
          const before = texts.slice(0, i + 1);
          return before.reduce((sum, each) => sum + 8 + Buffer.byteLength(each) + 4, 0);
        });
        const size = cut % ((ends.at(-1) ?? 0) + 1);
        ftruncateSync(fd, size);
        expect(readJournal(fd, 0)).toEqual(texts.filter((_, i) => (ends[i] as number) <= size));
      },
    ),
    { numRuns: 300 },
  );
});

test('what is read while a worker writes is never torn', async () => {
  const writer = spawn(process.execPath, [join(__dirname, '../fixtures/wire/journal_writer.cjs')], {
    stdio: ['ignore', 'inherit', 'inherit', fd],
  });
  const first = Buffer.alloc(4);
  let records = 0;
  let torn = 0;
  // Some at least, however long the writer takes to start; then for a while.
  const deadline = Date.now() + 45_000;
  let end = deadline;
  while (records < 300_000 && Date.now() < end) {
    if (end === deadline && records > 100) end = Date.now() + 5000;
    if (readSync(fd, first, 0, 4, 0) < 4) continue;
    for (const text of readJournal(fd, (first.readUInt32LE(0) - 0xf0000000) & 0xfffffff)) {
      records++;
      if (text !== text.charAt(0).repeat(text.length)) torn++;
    }
  }
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  expect(records).toBeGreaterThan(100);
  expect(torn).toBe(0);
});
