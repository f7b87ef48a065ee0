import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installed, installedOnce, NATIVE } from '../support/installed';
import { inDirectory, killAll, run, testOnLinux, type Ended, type Options } from '../support/processes';

/** Process, Lock, Value, Queue and Pipe in every kind of program. */
afterEach(killAll);

const root = resolve(__dirname, '../..');
const EXPECTED = '100 b! b? true 0 true 0\n';
const well = (stdout: string): Ended => ({ code: 0, signal: null, stdout, stderr: '' });

const tsNode = require.resolve('ts-node/dist/bin.js');
const tsx = resolve(root, 'node_modules/tsx/dist/cli.mjs');
const METHODS = ['spawn', 'thread'] as const;

describe('a program that shares everything runs', () => {
  testOnLinux.each([
    ['under ts-node', 'shared.ts', { flags: [tsNode] }],
    ['under tsx', 'shared.ts', { flags: [tsx] }],
    ['under tsx, as an ES module', 'shared.mts', { flags: [tsx] }],
    ['as an ES module', 'shared.mjs', {}],
    ['with processes', 'shared.cjs', { args: ['use', 'spawn'] }],
    ['with threads', 'shared.cjs', { args: ['use', 'thread'] }],
  ] as [string, string, Options][])('%s', async (_how, file, options) => {
    expect(await run(file, options)).toEqual(well(EXPECTED));
  });

  testOnLinux.each(METHODS)('in a worker_thread of the user, with the method %s', async (method) => {
    expect(await run('shared.cjs', { args: ['thread', method] })).toEqual(
      well(`${EXPECTED}thread ended 0\n`),
    );
  });

  testOnLinux('copied to another directory, the package with it', async () => {
    await inDirectory(async (directory) => {
      const script = installed(directory, NATIVE);
      expect(await run(script, { cwd: directory, flags: ['--preserve-symlinks'] })).toEqual(well(EXPECTED));
      // The same functions, and the same memory, wherever the parent was started.
      expect(await run(script, { cwd: '/', flags: ['--preserve-symlinks'] })).toEqual(well(EXPECTED));
    });
  });

  test.each(['spawn', 'thread'])(
    'compiled in one directory and used in another, with the method %s: errors are of our classes, their stacks of the user',
    async (method) => {
      await inDirectory(async (directory) => {
        const script = installed(directory, NATIVE, 'thrown.cjs');
        const { code, stdout, stderr } = await run(script, { cwd: directory, args: [method] });
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        const { ofOurClass, stack } = JSON.parse(stdout) as { ofOurClass: boolean[]; stack: string };
        expect(ofOurClass).toEqual([true, true]);
        expect(stack.split('\n')).toEqual([
          'ValueError: no',
          expect.stringMatching(/^ +at refuse .*thrown\.cjs:\d+:\d+\)$/),
        ]);
      });
    },
  );
});

describe('Jest inside Jest', () => {
  const test = `
    const { get_context } = require('multiprocessing-ts');
    describe.each(['spawn', 'thread'])('%s', (method) => {
      const { Lock, Pipe, Process, Queue, Value } = get_context(method);
      test('everything together', async () => {
        const [lock, counter, queue, [ours, theirs]] = [new Lock(), Value('i', 0), new Queue(), Pipe()];
        const child = new Process({ target: async () => {
          for (let i = 0; i < 50; i++) {
            await lock.acquire();
            counter.value++;
            lock.release();
          }
          await queue.put(await theirs.recv());
        } });
        child.start();
        theirs.close();
        await ours.send(new Map([[1, [2]]]));
        expect(await queue.get()).toEqual(new Map([[1, [2]]]));
        await child.join();
        expect([counter.value, child.exitcode]).toEqual([50, 0]);
        await expect(ours.recv()).rejects.toThrow(require('multiprocessing-ts/builtins').EOFError);
      });
    });`;
  const jest = resolve(root, 'node_modules/jest/bin/jest.js');
  const packaged = installedOnce(NATIVE);

  testOnLinux.each([
    ['one process', ['-i', '--detectOpenHandles']],
    ['its worker threads', ['-w', '2', '--workerThreads']],
  ])('in %s', async (_name, args) => {
    await inDirectory(async (directory) => {
      mkdirSync(join(directory, 'node_modules'));
      symlinkSync(packaged(), join(directory, 'node_modules/multiprocessing-ts'));
      writeFileSync(join(directory, 'package.json'), '{ "name": "a-user" }');
      for (const name of ['first.test.js', 'second.test.js']) writeFileSync(join(directory, name), test);
      const { code, stderr } = await run(null, {
        flags: [jest],
        args: [...args, '--rootDir', directory, '--cacheDirectory', join(directory, 'cache')],
        cwd: directory,
        env: { JEST_WORKER_ID: undefined },
      });
      expect(stderr).toContain('Tests:       4 passed, 4 total');
      expect(stderr).not.toMatch(/did not exit|open handle|force exited/);
      expect(code).toBe(0);
    });
  });
});

describe('under the permission model', () => {
  const model = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const files = [model, '--allow-fs-read=*', '--allow-fs-write=*', '--no-warnings'];
  const use = (method: string, ...allowed: string[]): Promise<Ended> =>
    run('shared.cjs', { flags: [...files, ...allowed], args: ['use', method] });

  testOnLinux('processes share what they share, if they and native code are allowed', async () => {
    expect(await use('spawn', '--allow-addons', '--allow-worker', '--allow-child-process')).toEqual(
      well(EXPECTED),
    );
  });

  testOnLinux('threads too, and need no permission for processes', async () => {
    expect(await use('thread', '--allow-addons', '--allow-worker')).toEqual(well(EXPECTED));
  });

  testOnLinux('without native code it says what is missing', async () => {
    const { code, stderr } = await use('spawn', '--allow-worker', '--allow-child-process');
    expect(code).toBe(1);
    expect(stderr).toContain('this process may not load native code: start node with --allow-addons');
  });

  testOnLinux('without processes it says what is missing', async () => {
    const { code, stderr } = await use('spawn', '--allow-addons', '--allow-worker');
    expect(code).toBe(1);
    // Node's own words, which depend on its version.
    expect(stderr).toMatch(/ERR_ACCESS_DENIED[^]*ChildProcess/);
  });
});
