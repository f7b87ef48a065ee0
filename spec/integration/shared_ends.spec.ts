import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed } from '../support/installed';
import { inDirectory, killAll, run, start, testOnLinux, until, type Ended } from '../support/processes';
import { holders } from '../support/shared_file';

/** What programs leave behind that share something, however they end: nothing. And those that share nothing. */
afterEach(killAll);

const METHODS = ['spawn', 'thread'] as const;
const well = (stdout: string): Ended => ({ code: 0, signal: null, stdout, stderr: '' });

describe.each(METHODS)('with children that wait for everything there is (%s)', (method) => {
  /** Runs it to its end, in directories of its own; says that nothing is left. */
  async function ends(kind: string, signal?: NodeJS.Signals): Promise<Omit<Ended, 'stdout'>> {
    return inDirectory(async (directory) => {
      const named = (): string[] => readdirSync('/dev/shm').filter((each) => each.includes(`-${pid}-`));
      const running = start('shared.cjs', {
        args: [kind, method],
        cwd: directory,
        env: { TMPDIR: directory },
      });
      const { pid } = running;
      if (signal !== undefined) {
        await running.printed('ready');
        running.kill(signal);
      }
      const { stdout, ...ended } = await running.ended;
      const inode = Number(stdout.split('\n')[0]);
      expect(inode).toBeGreaterThan(0);
      await until(() => running.descendants().length === 0, 'no process is left');
      await until(() => holders(inode).length === 0, 'nobody has the shared file');
      expect(named()).toEqual([]);
      expect(readdirSync(directory)).toEqual([]);
      return ended;
    });
  }

  testOnLinux('a program that returns leaves nothing', async () => {
    expect(await ends('return')).toEqual({ code: 0, signal: null, stderr: '' });
  });

  testOnLinux('one that exits leaves nothing', async () => {
    expect(await ends('exit')).toEqual({ code: 3, signal: null, stderr: '' });
  });

  testOnLinux('one that fails leaves nothing', async () => {
    const { code, stderr } = await ends('error');
    expect(code).toBe(1);
    expect(stderr).toContain('nobody catches it');
    // The children say nothing of their own.
    expect(stderr.match(/Error: /g)).toHaveLength(1);
  });

  testOnLinux.each(['SIGKILL', 'SIGTERM'] as const)('one ended by %s leaves nothing', async (signal) => {
    expect(await ends('killed', signal)).toEqual({ code: null, signal, stderr: '' });
  });
});

describe('native code', () => {
  testOnLinux('is not loaded by whoever shares nothing, nor by its children', async () => {
    expect(await run('shared.cjs', { args: ['unused'] })).toEqual(well('false\nfalse\ntrue\n'));
  });

  const reason =
    'NotImplementedError: this can be sent to threads of this process only: ' +
    'shared memory between processes is not available: its native part, koffi, cannot be loaded';
  const classes = ['Lock', 'Value', 'RawValue', 'Queue', 'Pipe'];
  const refused = [
    ...classes.flatMap((name) => [`${name}: object`, `${name}: ${reason}`]),
    expect.stringMatching(
      /^SharedMemory: NotImplementedError: shared memory between processes is not available/,
    ),
    'a child',
    '42',
  ];

  testOnLinux.each([
    ['is not there', undefined],
    ['does not load', 'throw new Error("cannot open shared object file");'],
  ])(
    'that %s: threads share without it, a process that is to is refused, all others go on',
    async (_how, text) => {
      await inDirectory(async (directory) => {
        const script = installed(directory, [], 'shared.cjs');
        if (text !== undefined) {
          mkdirSync(join(directory, 'node_modules/koffi'));
          writeFileSync(join(directory, 'node_modules/koffi/index.js'), text);
        }
        const { code, stdout, stderr } = await run(script, {
          args: ['refused'],
          flags: ['--preserve-symlinks'],
          cwd: directory,
        });
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(stdout.trim().split('\n')).toEqual(refused);
      });
    },
  );
});
