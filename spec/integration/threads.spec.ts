import { join, resolve } from 'node:path';
import { inDirectory, killAll, run, testOnLinux, type Options } from '../support/processes';

/** Worker threads in programs of their own: what they print, how they end, what they have in common with them. */
afterEach(killAll);

const threads = (kind: string, options: Options = {}, ...args: readonly string[]) =>
  run('threads.cjs', { ...options, args: [kind, ...args] });
/** As a shell does, with one pipe for both. */
const merged: Options = { command: ['sh', '-c', '"$0" "$@" 2>&1 | cat', process.execPath] };

describe('a script of the user runs', () => {
  const tsNode = require.resolve('ts-node/dist/bin.js');
  const tsx = resolve(__dirname, '../../node_modules/tsx/dist/cli.mjs');

  test.each([
    ['under ts-node', 'user_threads.ts', { flags: [tsNode] }],
    [
      'under node -r ts-node/register',
      'user_threads.ts',
      { flags: ['-r', 'ts-node/register/transpile-only'] },
    ],
    ['under tsx', 'user_threads.ts', { flags: [tsx] }],
    ['under NODE_OPTIONS=--import=tsx', 'user_threads.ts', { env: { NODE_OPTIONS: '--import=tsx' } }],
    ['as an ES module', 'user_threads.mjs', {}],
  ] as [string, string, Options][])('%s', async (_how, file, options) => {
    expect(await run(file, options)).toEqual({
      code: 0,
      signal: null,
      stdout: 'b! long c! short\n',
      stderr: '',
    });
  });
});

describe('what a thread prints', () => {
  test('appears at once and in order, though the parent is busy', async () => {
    const { code, stdout } = await threads('output', merged);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'one\ntwo\nthree\nfour\nfive { a: 1 }\nthe parent\nready\n',
    });
  });

  test('is there in full when the thread ends, or is ended, after it', async () => {
    await inDirectory(async (directory) => {
      const { code, stdout } = await threads('last', {}, '1', join(directory, 'mark'));
      const short = stdout.replace(/x+/, (all) => `x times ${all.length}`);
      expect({ code, short }).toEqual({
        code: 0,
        short: [
          'the last words',
          'x times 300000',
          'WorkerLostError 5',
          'before the end',
          'TerminatedError undefined\n',
        ].join('\n'),
      });
    });
  });
});

test('the input is for the parent', async () => {
  const { code, stdout } = await threads('input', { stdin: 'first\nsecond\n' });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'thread: ""\nparent: "first\\nsecond\\n"\n' });
});

describe('an error that nobody catches', () => {
  test('in a timer is printed in its place, and loses the task', async () => {
    const { code, stdout } = await threads('throws', merged);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^before\nRangeError: nobody catches me\n( {4}at .*\n)+\nNode\.js v.*\nWorkerLostError 1\n1\n$/,
    );
    expect(stdout).toContain('threads.cjs');
  });

  test('in a promise does the same', async () => {
    const { code, stdout } = await threads('rejects', merged);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^RangeError: nobody awaits me\n( {4}at .*\n)+\nNode\.js v.*\nWorkerLostError 1\n1\n$/,
    );
  });

  test('is not printed when the task has a handler for it', async () => {
    expect(await threads('handles')).toMatchObject({ code: 0, stdout: 'handled\n', stderr: '' });
  });

  test('for lack of memory is printed by the parent, which lives on', async () => {
    const { code, stdout, stderr } = await threads('memory', { flags: ['--max-old-space-size=64'] });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'WorkerLostError 1\n1\n' });
    expect(stderr).toMatch(/^Error \[ERR_WORKER_OUT_OF_MEMORY\][\s\S]*\n\nNode\.js v.*\n$/);
  });
});

describe('the end of a thread is not waited for', () => {
  test('in a call of the system that takes long', async () => {
    await inDirectory(async (directory) => {
      const { code, stdout } = await threads('stuck', {}, '1', join(directory, 'mark'));
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'terminated\nTerminatedError\n' });
    });
  });

  test("in a handler of 'exit' that never comes back", async () => {
    expect(await threads('atTheEnd')).toMatchObject({ code: 0, stdout: 'joined\n', stderr: '' });
  });

  test('when the process exits, be it in a loop or in Atomics.wait', async () => {
    expect(await threads('exits', {}, '2')).toMatchObject({ code: 7, stdout: '', stderr: '' });
  });
});

describe('the environment', () => {
  test('is the one of the process, both ways, NODE_OPTIONS with it', async () => {
    const { code, stdout } = await threads('environment', { env: { NODE_OPTIONS: '--no-warnings' } });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'later than its start\nseen\n--no-warnings\n--no-warnings\n',
    });
  });

  const preload = 'data:text/javascript,globalThis.preloaded=%22preloaded%22';

  test.each([
    ['of the command line', { flags: ['--import', preload] }],
    ['of NODE_OPTIONS', { env: { NODE_OPTIONS: `--import=${preload}` } }],
    ['for TypeScript', { flags: ['-r', 'ts-node/register/transpile-only'] }],
  ])('holds no loaders: %s', async (_where, options: Options) => {
    const { code, stdout } = await threads('flags', options);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[[],10]\nno TypeScript\nnothing preloaded\n' });
  });

  test('holds flags: those of a thread anew, those of the process anyway', async () => {
    const { code, stdout } = await threads('flags', {
      flags: ['--conditions', 'special', '--stack-trace-limit=7', '--max-old-space-size=100'],
      env: { NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=8' },
    });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '[["--enable-source-maps","--conditions","special"],7]\nno TypeScript\nnothing preloaded\n',
    });
  });
});

testOnLinux('30 pools and their deaths leave no thread, descriptor or handle', async () => {
  expect(await threads('leaves')).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' });
});

describe('pools in workers', () => {
  test('threads have processes and threads, processes have threads; only processes have no processes', async () => {
    const { code, stdout } = await threads('nested');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: [
        'MainProcess Thread-2 (worker)',
        'SpawnPoolWorker-1 MainThread',
        'SpawnPoolWorker-2 Thread-1 (worker)',
        'daemonic processes are not allowed to have children',
        'MainProcess Thread-3 (worker)\n',
      ].join('\n'),
    });
  });

  testOnLinux('the processes of a thread end with it', async () => {
    await inDirectory(async (directory) => {
      const { code, stdout } = await threads('orphans', {}, '1', join(directory, 'pids'));
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'TerminatedError\n0\n' });
    });
  });
});

test('results that come while the parent is busy wait for it', async () => {
  expect(await threads('blocked')).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' });
});
