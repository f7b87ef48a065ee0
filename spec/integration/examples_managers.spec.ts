import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { example, FOLDERS, original, originalOnce } from '../support/examples';
import { testWithPython } from '../support/python';

/** The scripts around managers, each beside its original. */
let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

const isRead = (line: string): boolean => line.includes('获取到消息');

/** The script gives its writer a second: where that was not enough, on a machine that is busy, it is run again. */
async function complete(run: () => Promise<string[]>): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    const printed = await run();
    if (printed.filter(isRead).length === 'itcast'.length || tries === 5) return printed;
  }
}

describe.each(FOLDERS)('examples/%s', (folder) => {
  const both = (name: string): Promise<[string[], string[]]> =>
    Promise.all([example(cwd, folder + name), originalOnce(cwd, name)]);

  testWithPython('001f_manager_dict prints what its original prints, in any order', async () => {
    const [ours, theirs] = await both('001f_manager_dict');
    const pairs = ([line = '']: string[]) =>
      line
        .slice(1, -1)
        .split(', ')
        .sort((a, b) => parseInt(a) - parseInt(b));
    expect(pairs(ours)).toHaveLength(20);
    expect(pairs(ours)).toEqual(pairs(theirs));
  });

  testWithPython('001g_manager_queue prints what its original prints', async () => {
    const [ours, theirs] = await both('001g_manager_queue');
    const written = (lines: string[]) => lines.filter((line) => line.endsWith('write done!')).sort();
    expect(written(ours)).toHaveLength(20);
    expect(written(ours)).toEqual(written(theirs));
    // How much the reader sees is chance, in both: it ends when the queue is empty.
    for (const lines of [ours, theirs]) {
      const read = lines.filter((line) => line.startsWith('read===>:  '));
      expect(new Set(read).size).toBe(read.length);
      expect(read.length + 20).toBe(lines.length);
      for (const line of read) expect(line).toMatch(/^read===>: {2}\d+ is done$/);
    }
  });

  testWithPython('002b_manager_queue_pool prints what its original prints', async () => {
    const name = '002b_manager_queue_pool';
    const [ours, theirs] = await Promise.all([
      complete(() => example(cwd, folder + name)),
      complete(() => original(cwd, name)),
    ]);
    const masked = (lines: string[]) => lines.map((line) => line.replace(/\d+/g, 'PID'));
    // Into a pipe, each process of Python writes when it ends.
    expect(masked(ours).sort()).toEqual(masked(theirs).sort());
    const got = (lines: string[]) => lines.filter(isRead).map((line) => line.at(-1));
    expect(got(ours).join('')).toBe('itcast');
    expect(got(theirs).join('')).toBe('itcast');
  });
});
