import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDERS, runExample, runOriginal } from '../support/examples';
import { testWithPython } from '../support/python';

/** The script of queues, beside its original. */
let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

testWithPython.each(FOLDERS)('%sproducer_consumer prints what its original prints', async (folder) => {
  const [ours, theirs] = await Promise.all([
    runExample(cwd, folder + 'producer_consumer'),
    runOriginal(cwd, 'producer_consumer'),
  ]);
  expect(ours).toEqual(theirs);
  expect(ours.stdout).toHaveLength(3);
});
