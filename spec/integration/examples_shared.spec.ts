import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDERS, runExample, runOriginal } from '../support/examples';
import { testWithPython } from '../support/python';

/** Examples of shared memory, each beside its original. */
let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

testWithPython.each(FOLDERS)('%sshared_array prints what its original prints', async (folder) => {
  const [ours, theirs] = await Promise.all([
    runExample(cwd, folder + 'shared_array'),
    runOriginal(cwd, 'shared_array'),
  ]);
  expect(ours).toEqual(theirs);
  expect(ours.stdout).toContain('2470');
});
