import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDERS, runExample, runOriginal } from '../support/examples';
import { testWithPython } from '../support/python';

/** The scripts of single processes, each beside its original. */
let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

testWithPython.each(FOLDERS)('examples/%s001a_process prints what its original prints', async (folder) => {
  const [ours, theirs] = await Promise.all([
    runExample(cwd, `${folder}001a_process`),
    runOriginal(cwd, '001a_process'),
  ]);
  expect(ours).toEqual(theirs);
});
