import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDERS, runExample } from '../support/examples';

let cwd = '';

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterAll(() => {
  rmSync(cwd, { recursive: true });
});

test.each(FOLDERS)('%spipe_ping_pong: two processes talk until one closes its end', async (folder) => {
  const { stdout, stderr } = await runExample(cwd, folder + 'pipe_ping_pong');
  expect(stdout).toEqual([
    'ping: 2 hits',
    'ping: 4 hits',
    'ping: 6 hits',
    'pong: nobody is there any more',
    'exit code 0',
  ]);
  expect(stderr).toEqual(['']);
});
