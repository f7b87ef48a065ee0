import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inDirectory, killAll, program, run, testOnLinux } from '../support/processes';

/** The system refuses what a pool needs. */
afterEach(killAll);

const works = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0;
const onLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;

/** Limits of processes do not bind root: a command that runs as nobody, if this machine lets nobody run node. */
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
const unprivileged: string[] | null = !isRoot
  ? []
  : works('setpriv', [
        ...asNobody.slice(1),
        process.execPath,
        '-e',
        `require(${JSON.stringify(program('../../..'))})`,
      ])
    ? asNobody
    : null;
const testOfLimits = onLinux && unprivileged !== null && works('prlimit', ['--version']) ? test : test.skip;

/** A private /dev/shm and /tmp: mounts need root and namespaces. */
const testOfMounts =
  onLinux && isRoot && works('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/dev/shm'])
    ? test
    : test.skip;

const mounted = (mounts: string, kind: string, env: NodeJS.ProcessEnv = {}) =>
  run('start_failures.cjs', {
    command: ['unshare', '-m', 'sh', '-c', `${mounts}; exec "$0" "$@"`, process.execPath],
    args: [kind],
    env,
  });

const PLENTY = { code: 0, signal: null, stderr: '' };

describe('the constructor throws OSError, leaves nothing behind, and a later pool works', () => {
  testOnLinux('when the program of the workers does not exist', async () => {
    expect(await run('start_failures.cjs', { args: ['no such program'] })).toEqual({
      ...PLENTY,
      stdout: 'OSError\n[ 2, 4, 6 ]\n',
    });
  });

  testOfLimits.each(['0', '1', '2', '5', '8', '12', '20'])(
    'when %s file descriptors are left',
    async (left) => {
      expect(
        await run('start_failures.cjs', {
          command: ['prlimit', '--nofile=128:128', process.execPath],
          args: [`no files: ${left}`],
        }),
      ).toEqual({ ...PLENTY, stdout: 'OSError\n[ 2, 4, 6 ]\n' });
    },
  );

  testOfLimits('when there may be no more processes', async () => {
    expect(
      await run('start_failures.cjs', {
        command: [...(unprivileged ?? []), process.execPath],
        args: ['no processes'],
        cwd: '/',
      }),
    ).toEqual({ ...PLENTY, stdout: 'OSError\n0\n' });
  });
});

describe('a worker that died and cannot be replaced', () => {
  testOfLimits('leaves its work to the others, and is replaced as soon as that is possible', async () => {
    expect(
      await run('start_failures.cjs', {
        command: ['prlimit', '--nofile=128:128', process.execPath],
        args: ['no replacement'],
      }),
    ).toEqual({ ...PLENTY, stdout: '[ 2, 4, 6, 8, 10, 12 ]\ntwo again\n' });
  });

  testOfLimits('breaks the pool when it was the last one', async () => {
    expect(
      await run('start_failures.cjs', {
        command: ['prlimit', '--nofile=128:128', process.execPath],
        args: ['nobody left'],
      }),
    ).toEqual({
      ...PLENTY,
      stdout: 'ProcessError no worker can be started: the pool cannot run anything\nOSError\n',
    });
  });
});

describe('the files that a worker shares with its parent', () => {
  const ONE_LOST = 'fffffffrffffffffffff';
  const expected = (files: string) => ({
    ...PLENTY,
    stdout: `1998\n${ONE_LOST}\n${files}\n`,
  });

  testOnLinux('are there', async () => {
    expect(await run('start_failures.cjs', { args: ['fallback'] })).toEqual(expected('with files'));
  });

  testOfMounts('lie elsewhere when /dev/shm is read-only', async () => {
    expect(await mounted('mount -t tmpfs -o ro none /dev/shm', 'fallback')).toEqual(expected('with files'));
  });

  testOfMounts('lie elsewhere when /dev/shm has no room for a file', async () => {
    expect(await mounted('mount -t tmpfs -o nr_inodes=1 none /dev/shm', 'fallback')).toEqual(
      expected('with files'),
    );
  });

  testOfMounts('may be full: results are sent one by one', async () => {
    const fill = 'dd if=/dev/zero of=/dev/shm/full bs=4096 count=100 2>/dev/null';
    expect(await mounted(`mount -t tmpfs -o size=4096 none /dev/shm; ${fill}`, 'fallback')).toEqual(
      expected('with files'),
    );
  });

  testOfMounts('may be missing: one task at a time', async () => {
    expect(await mounted('mount -t tmpfs -o ro none /dev/shm', 'fallback', { TMPDIR: '/proc' })).toEqual(
      expected('without files'),
    );
  });

  testOfLimits('may be missing for a user who may write nowhere', async () => {
    await inDirectory(async (directory) => {
      const closed = join(directory, 'closed');
      mkdirSync(closed);
      chmodSync(closed, 0o555);
      const { code, stdout } = await run('start_failures.cjs', {
        command: [...(unprivileged ?? []), process.execPath],
        args: ['fallback'],
        env: { TMPDIR: closed },
        cwd: '/',
      });
      expect(code).toBe(0);
      // Where /dev/shm can be written, TMPDIR is not asked.
      expect(stdout).toMatch(/^1998\nf{7}rf{12}\nwith(out)? files\n$/);
    });
  });
});
