import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { example, FOLDERS, originalOnce } from '../support/examples';
import { testWithPython } from '../support/python';

/** The scripts about locks and their kin, each beside its original. */
let cwd = '';

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterAll(() => {
  rmSync(cwd, { recursive: true });
});

const both = (folder: string, name: string): Promise<[string[], string[]]> =>
  Promise.all([example(cwd, folder + name), originalOnce(cwd, name)]);

/** Who is at the barrier first is open; what is said between two meetings is not. */
const byMeeting = (lines: readonly string[]): string[][] =>
  lines
    .join('\n')
    .split('all are here')
    .map((part) => part.trim().split('\n').sort());

testWithPython.each(FOLDERS)('%sbarrier: processes meet', async (folder) => {
  const [ours, theirs] = await both(folder, 'barrier');
  expect(byMeeting(ours)).toEqual(byMeeting(theirs));
  expect(ours.filter((line) => line === 'all are here')).toHaveLength(6);
});

testWithPython.each(FOLDERS)('%spool_initializer: the workers have a lock and a value', async (folder) => {
  const [ours, theirs] = await both(folder, 'pool_initializer');
  expect(ours).toEqual(theirs);
});
