import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { install, installedOnce } from '../support/installed';
import {
  inDirectory,
  killAll,
  program,
  run,
  start,
  testOnLinux,
  until,
  type Ended,
} from '../support/processes';

/** The package as users have it: every way to run a script, in every environment. */
afterEach(killAll);

const root = resolve(__dirname, '../..');
const EXPECTED = 'b! long c! short\n';
const well = (stdout: string): Ended => ({ code: 0, signal: null, stdout, stderr: '' });

const installed = installedOnce();

/** A project of a user in a directory of its own, with what is installed here. */
async function inProject<T>(
  files: Record<string, string>,
  body: (directory: string) => Promise<T>,
): Promise<T> {
  return inDirectory(async (directory) => {
    const modules = join(directory, 'node_modules');
    mkdirSync(modules);
    symlinkSync(installed(), join(modules, 'multiprocessing-ts'));
    for (const name of ['typescript', 'ts-node', 'tsx', 'jest', 'ts-jest', '@types']) {
      symlinkSync(resolve(root, 'node_modules', name), join(modules, name));
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(directory, name, '..'), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    return body(directory);
  });
}

const tsNode = require.resolve('ts-node/dist/bin.js');
const tsx = resolve(root, 'node_modules/tsx/dist/cli.mjs');

describe('a script of the user runs', () => {
  test('under ts-node', async () => {
    expect(await run('user.ts', { flags: [tsNode] })).toEqual(well(EXPECTED));
  });

  test('under ts-node -T', async () => {
    expect(await run('user.ts', { flags: [tsNode, '-T'] })).toEqual(well(EXPECTED));
  });

  test('under node -r ts-node/register/transpile-only', async () => {
    expect(await run('user.ts', { flags: ['-r', 'ts-node/register/transpile-only'] })).toEqual(
      well(EXPECTED),
    );
  });

  test('under tsx', async () => {
    expect(await run('user.ts', { flags: [tsx] })).toEqual(well(EXPECTED));
  });

  test('under tsx, as an ES module', async () => {
    expect(await run('user.mts', { flags: [tsx] })).toEqual(well(EXPECTED));
  });

  test('under node --import tsx', async () => {
    expect(await run('user.ts', { flags: ['--import', 'tsx'] })).toEqual(well(EXPECTED));
  });

  test('under NODE_OPTIONS=--import=tsx', async () => {
    expect(await run('user.ts', { env: { NODE_OPTIONS: '--import=tsx' } })).toEqual(well(EXPECTED));
  });

  test('as an ES module, with await at its top level', async () => {
    expect(await run('user.mjs')).toEqual(well(EXPECTED));
  });

  const line = `const { Pool } = require('multiprocessing-ts'); const { basename } = require('path');
    const suffix = '!'; const pool = new Pool(2);
    pool.map((n) => basename(n) + suffix, ['/a/b', 'c']).then((all) => { console.log(all.join(' ')); return pool.terminate(); });`;
  const moduleLine = `import { Pool } from 'multiprocessing-ts'; import { basename } from 'path';
    const suffix = '!'; const pool = new Pool(2);
    console.log((await pool.map((n) => basename(n) + suffix, ['/a/b', 'c'])).join(' ')); await pool.terminate();`;

  test('as node -e', async () => {
    expect(await run(null, { flags: ['-e', line] })).toEqual(well('b! c!\n'));
  });

  test('as node -p', async () => {
    const { code, stdout } = await run(null, { flags: ['-p', line] });
    // Node prints the promise, too: before it has settled, from node 26 on at the end.
    expect({ code, lines: stdout.split('\n') }).toEqual({
      code: 0,
      lines: expect.arrayContaining(['b! c!']),
    });
  });

  test('as node --input-type=module -e', async () => {
    expect(await run(null, { flags: ['--input-type=module', '-e', moduleLine] })).toEqual(well('b! c!\n'));
  });

  test('from stdin', async () => {
    expect(await run(null, { stdin: line })).toEqual(well('b! c!\n'));
  });

  test('from stdin, as an ES module', async () => {
    expect(await run(null, { stdin: moduleLine, flags: ['--input-type=module'] })).toEqual(well('b! c!\n'));
  });

  test('in the REPL', async () => {
    // The input stays open: at its end the REPL leaves, whatever is pending.
    const lines = [
      "const { Pool } = require('multiprocessing-ts')",
      'const factor = 21',
      'const pool = new Pool(1)',
      'pool.apply((n) => n * factor, [2]).then((n) => console.log(`\\n= ${n}`)).then(() => process.exit(5))',
    ];
    const repl = start(null, { flags: ['-i'], stdin: `${lines.join('\n')}\n`, keepStdinOpen: true });
    await repl.printed('= 42');
    expect((await repl.ended).code).toBe(5);
  });

  test('in a path with spaces and letters that are not ASCII', async () => {
    await inProject({}, async (directory) => {
      const inside = join(directory, 'mein Prøjekt ☃');
      mkdirSync(inside);
      for (const name of ['päth with späces ☃.cjs', 'hëlper ☃.cjs'])
        copyFileSync(program(name), join(inside, name));
      expect(await run(join(inside, 'päth with späces ☃.cjs'), { cwd: inside })).toEqual(
        well('[ 2, 4, 6 ]\n'),
      );
    });
  });

  test('with the whole package in such a path', async () => {
    await inDirectory(async (directory) => {
      const project = join(directory, 'mein Prøjekt ☃ 100%');
      install(join(project, 'node_modules'));
      const script = join(project, 'script.mjs');
      copyFileSync(program('user.mjs'), script);
      expect(await run(script, { flags: ['--preserve-symlinks'] })).toEqual(well(EXPECTED));
    });
  });
});

describe('Jest inside Jest', () => {
  const files = {
    'package.json': '{ "name": "a-user" }',
    'pool.test.js': `
      const { Pool } = require('multiprocessing-ts');
      const helper = (n) => n + 1;
      let pool;
      beforeEach(() => { pool = new Pool(2); });
      afterEach(() => pool.terminate());
      test('closures of a test', async () => {
        const factor = 3;
        expect(await pool.map((n) => helper(n) * factor, [1, 2, 3])).toEqual([6, 9, 12]);
      });
      test('errors are of their class', async () => {
        await expect(pool.apply(() => { throw new RangeError('no'); })).rejects.toThrow(RangeError);
      });
      test('a dead worker', async () => {
        await expect(pool.apply(() => process.exit(3))).rejects.toMatchObject({ exitcode: 3 });
      });
      test('values of the test realm', async () => {
        expect(await pool.apply((m, d) => [m, d], [new Map([[1, [2]]]), new Date(5)])).toEqual([new Map([[1, [2]]]), new Date(5)]);
      });`,
  };
  const jest = resolve(root, 'node_modules/jest/bin/jest.js');

  test.each([
    ['one process', ['-i']],
    ['its workers', ['-w', '2']],
    ['open handles detected', ['-i', '--detectOpenHandles']],
    ['its worker threads', ['-w', '2', '--workerThreads']],
  ])('in %s', async (_name, args) => {
    const twice = { ...files, 'second.test.js': files['pool.test.js'] };
    await inProject(twice, async (directory) => {
      const { code, stderr } = await run(null, {
        flags: [jest],
        args: [...args, '--rootDir', directory, '--cacheDirectory', join(directory, 'cache')],
        cwd: directory,
        env: { JEST_WORKER_ID: undefined },
      });
      expect(stderr).toContain('Tests:       8 passed, 8 total');
      expect(stderr).not.toMatch(/did not exit|open handle|force exited/);
      expect(code).toBe(0);
    });
  });

  test('with modules transformed by ts-jest, and fake timers', async () => {
    const typed = {
      'package.json': '{ "name": "a-user" }',
      'jest.config.js': `module.exports = { transform: { '^.+\\\\.ts$': ['ts-jest', { diagnostics: false, tsconfig: { module: 'commonjs', target: 'es2022', esModuleInterop: true, types: [], isolatedModules: true, ignoreDeprecations: '6.0' } }] } };`,
      'lib.ts': 'export const triple = (n: number): number => n * 3;',
      'typed.test.ts': `
        import { Pool } from 'multiprocessing-ts';
        import { triple } from './lib';
        afterEach(() => { jest.useRealTimers(); });
        test('an import', async () => {
          const pool = new Pool(2);
          expect(await pool.map((n: number) => triple(n), [1, 2])).toEqual([3, 6]);
          await pool.terminate();
        });
        test('fake timers', async () => {
          jest.useFakeTimers();
          const pool = new Pool(2);
          expect(await pool.map((n: number) => triple(n), [1, 2])).toEqual([3, 6]);
          await pool.terminate();
        });`,
    };
    await inProject(typed, async (directory) => {
      const { code, stderr } = await run(null, {
        flags: [jest],
        args: ['-i', '--rootDir', directory, '--cacheDirectory', join(directory, 'cache')],
        cwd: directory,
        env: { JEST_WORKER_ID: undefined },
      });
      expect(stderr).toContain('Tests:       2 passed, 2 total');
      expect(code).toBe(0);
    });
  });
});

describe('a parent that is a worker_thread', () => {
  test('uses a pool and ends', async () => {
    expect(await run('thread.cjs', { args: ['ended'] })).toEqual(well('2 4 6\nthread ended 0\n'));
  });

  test('is not kept alive by an idle pool', async () => {
    expect(await run('thread.cjs', { args: ['idle'] })).toEqual(well('2 4 6\nthread ended 0\n'));
  });

  testOnLinux('is terminated: its workers end with it, even those in endless loops', async () => {
    const running = start('thread.cjs', { args: ['terminated'] });
    expect(await running.ended).toEqual(well('2 4 6\nthread ended 1\n'));
    await until(() => running.descendants().length === 0, 'no worker is left');
  });
});

describe('what a worker inherits', () => {
  interface Seen {
    readonly execArgv: readonly string[];
    readonly options: string | null;
    readonly heap: number;
    readonly loaded: string | null;
  }
  const flags = async (given: { flags?: string[]; options?: string }): Promise<Seen> => {
    const { code, stdout, stderr } = await run('environment.cjs', {
      args: ['flags'],
      flags: given.flags ?? [],
      env: given.options === undefined ? {} : { NODE_OPTIONS: given.options },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Seen;
  };

  test('process.env as it is when the pool starts', async () => {
    expect(await run('environment.cjs', { args: ['process.env'] })).toEqual(well('before undefined\n'));
  });

  test('memory flags of the command line', async () => {
    const seen = await flags({ flags: ['--max-old-space-size=300'] });
    expect(seen.execArgv).toContain('--max-old-space-size=300');
    const plain = await flags({});
    expect(seen.heap).toBeLessThan(plain.heap);
  });

  test('memory flags of NODE_OPTIONS', async () => {
    const seen = await flags({ options: '--max-old-space-size=300' });
    expect(seen.heap).toBeLessThan((await flags({})).heap);
  });

  test('no loaders: neither of the command line nor of NODE_OPTIONS', async () => {
    const loader = program('loader.cjs');
    expect((await flags({ flags: ['-r', loader] })).loaded).toBeNull();
    expect((await flags({ flags: ['--require', loader] })).loaded).toBeNull();
    expect((await flags({ flags: ['--import', loader] })).loaded).toBeNull();
    expect((await flags({ options: `-r ${loader}` })).loaded).toBeNull();
    expect((await flags({ options: `--require "${loader}" --max-old-space-size=300` })).loaded).toBeNull();
  });

  test('but NODE_OPTIONS is there for the processes that a task starts', async () => {
    const options = `--require "${program('loader.cjs')}" --max-old-space-size=300`;
    expect((await flags({ options })).options).toBe(options);
  });

  test('no inspector', async () => {
    const { code, stdout } = await run('environment.cjs', { args: ['flags'], flags: ['--inspect=0'] });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Seen).execArgv).toEqual([]);
  });

  testOnLinux('a working directory that is gone', async () => {
    await inDirectory(async (directory) => {
      expect(await run('environment.cjs', { args: ['cwd deleted', directory] })).toEqual(
        well('[ 2, 4, 6 ]\n'),
      );
    });
  });
});
