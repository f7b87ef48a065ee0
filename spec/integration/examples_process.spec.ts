import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runExample, runOriginal } from '../support/examples';
import { testWithPython } from '../support/python';

/** The scripts of single processes, each beside its original. */
let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

testWithPython('001a_process prints what its original prints', async () => {
  const [ours, theirs] = await Promise.all([
    runExample(cwd, '001a_process'),
    runOriginal(cwd, '001a_process'),
  ]);
  expect(ours).toEqual(theirs);
});
