import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { killAll, run } from '../support/processes';
import { findPython, testWithPython } from '../support/python';

/*
 * The programs that introduce multiprocessing in Python's documentation: processes with queues, pipes, locks and memory.
 */
afterEach(killAll);

const originals = join(__dirname, '../fixtures/python/introduction.py');

const printed = async (name: string): Promise<string[]> => {
  const { code, stdout, stderr } = await run('introduction.ts', {
    flags: ['-r', require.resolve('ts-node/register/transpile-only')],
    args: [name],
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n');
};

const printedThere = async (name: string): Promise<string[]> => {
  const { stdout } = await promisify(execFile)(findPython() ?? '', [originals, name]);
  return stdout.split('\n');
};

testWithPython.each(['pool', 'process', 'info', 'queue', 'pipe', 'state'])('%s', async (name) => {
  expect(await printed(name)).toEqual(await printedThere(name));
});

testWithPython('lock, where nobody says in which order', async () => {
  expect((await printed('lock')).sort()).toEqual((await printedThere('lock')).sort());
});
