import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { example, FOLDERS, masked, original, originalOnce } from '../support/examples';
import { testWithPython } from '../support/python';

/** Each example runs as a user runs it, in an empty directory; `npm run check` looks at its types. */
let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

describe.each(FOLDERS)('a ported script of examples/%s prints what its original prints', (folder) => {
  testWithPython('001b_apply_async_callback, its file that is', async () => {
    const result = () => {
      const lines = readFileSync(join(cwd, 'result.txt'), 'utf8').split('\n');
      rmSync(join(cwd, 'result.txt'));
      return lines.sort();
    };
    expect(await example(cwd, folder + '001b_apply_async_callback')).toEqual(['']);
    const ours = result();
    await original(cwd, '001b_apply_async_callback');
    expect(ours).toEqual(result());
  });

  testWithPython.each([
    ['001c_map_async_vs_apply_async'],
    ['001c_map_async_vs_apply_async', 'apply_async'],
    ['001d_imap'],
    ['001e_starmap'],
  ])('%s %s', async (name, ...args) => {
    expect(masked(await example(cwd, folder + name, ...args))).toEqual(
      masked(await originalOnce(cwd, name, ...args)),
    );
  });

  testWithPython('002a_pool_unguarded, in whatever order', async () => {
    const [ours, theirs] = await Promise.all([
      example(cwd, folder + '002a_pool_unguarded'),
      originalOnce(cwd, '002a_pool_unguarded'),
    ]);
    expect(masked(ours).sort()).toEqual(masked(theirs).sort());
    expect(ours.at(-1)).toBe('-----end-----');
  });
});

describe('what Python cannot do', () => {
  test('closure: any function travels with the variables it uses', async () => {
    expect(await example(cwd, 'closure')).toEqual([
      '[1, 4, 9]',
      "[[10, 'one'], [20, 'two']]",
      '[6, 7]',
      'True Ada 150',
      '[0, 100, 200]',
    ]);
  });

  test('endless_input: an input without an end is read as far as it is used', async () => {
    const lines = await example(cwd, 'endless_input');
    expect(lines.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => String(i * i)));
    expect(lines.slice(10).sort()).toEqual(['drawn ahead at most: True', 'the input is closed']);
  });

  test('timeout_and_abort: a task in an endless loop is stopped', async () => {
    expect(await example(cwd, 'timeout_and_abort')).toEqual([
      'True True',
      'the user left',
      'a new worker: True',
    ]);
  });

  test('shared_counter: threads share memory, and move it', async () => {
    expect(await example(cwd, 'shared_counter')).toEqual([
      '[2890, 4000, 4000, 4000, 4000, 4000, 4000, 4000, 4000, 4000]',
      '0 5 116',
      '55 1048576 0',
      'a SharedArrayBuffer cannot be sent to another process',
    ]);
  });

  test('crash: only the task of the dead worker is lost', async () => {
    expect(await example(cwd, 'crash')).toEqual([
      '0',
      '10',
      '20',
      'lost: -9 SIGKILL',
      '40',
      '50',
      'lost: 7 None',
      '70',
      '[10, 20]',
    ]);
  });

  test('mandelbrot: both pictures are the same', async () => {
    const lines = await example(cwd, 'mandelbrot', '120', 'out.png');
    expect(lines.slice(2)).toEqual(['the same picture: True', 'written to out.png']);
    expect(readFileSync(join(cwd, 'out.png')).subarray(1, 4).toString()).toBe('PNG');
  });
});

test('every example is tested, here or in the specs beside', () => {
  const specs = readdirSync(__dirname).filter((name) => /^examples.*\.spec\.ts$/.test(name));
  const text = specs.map((name) => readFileSync(join(__dirname, name), 'utf8')).join('');
  const names = readdirSync(resolve(__dirname, '../../examples')).filter((name) => name.endsWith('.ts'));
  expect(names.filter((name) => !text.includes(name.replace('.ts', '')))).toEqual([]);
});

test('docs/porting.md shows the scripts as they are, Python and both of ours', () => {
  const root = resolve(__dirname, '../..');
  const [, ...sections] = readFileSync(join(root, 'docs/porting.md'), 'utf8').split(/^## /m);
  const shown = sections.flatMap((section) => {
    const stem = /^.*\(`(\w+)`\)$/m.exec(section)?.[1] ?? '';
    const folders: Record<string, string[]> = {
      python: ['spec/fixtures/python'],
      ts: ['examples', 'examples/sync'],
    };
    return [...section.matchAll(/^```(python|ts)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => {
      const folder = folders[language]?.shift() ?? '';
      const name =
        readdirSync(join(root, folder)).find(
          (each) => /^[^_.]*/.exec(each)?.[0] === stem || each.startsWith(`${stem}.`),
        ) ?? '';
      return { stem, text, file: readFileSync(join(root, folder, name), 'utf8').trimEnd() + '\n' };
    });
  });
  expect(shown.length).toBeGreaterThanOrEqual(30);
  for (const { text, file } of shown) expect(text).toBe(file);
});
