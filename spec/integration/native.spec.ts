import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { killAll, run, start, testOnLinux, until } from '../support/processes';
import { holders } from '../support/shared_file';

/*
 * Shared memory in real programs: what happens when many use it, when it runs out, when everybody dies, and where there
 * is none.
 */
afterEach(killAll);

const native = (kind: string, options: Parameters<typeof run>[1] = {}): ReturnType<typeof run> =>
  run('native.cjs', { ...options, args: [kind, ...(options.args ?? [])] });

/** Runs a program where /dev/shm has a size of its own: that takes a mount that nobody else sees. */
const withSharedMemory = (size: string): readonly string[] => [
  'unshare',
  ...(process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount']),
  'sh',
  '-c',
  `mount -t tmpfs -o size=${size} tmpfs /dev/shm && exec "$0" "$@"`,
  process.execPath,
];
const canMount = (() => {
  const [command, ...args] = withSharedMemory('1m') as [string, ...string[]];
  return spawnSync(command, [...args, '-e', '']).status === 0;
})();
/** Skipped where no such mount is allowed (in many containers). */
const testWithMount = canMount ? test : test.skip;

testOnLinux('processes that allocate at once, and are killed at it, never get the same memory', async () => {
  const { code, stdout, stderr } = await run('native_heap.cjs');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const outcomes = JSON.parse(stdout) as Record<string, number>;
  expect(outcomes).toEqual({ fine: 5, WorkerLostError: 16 });
});

testOnLinux.each([
  { kind: 'process', how: 'on its event loop', blocking: false },
  { kind: 'process', how: 'blocked', blocking: true },
  { kind: 'thread', how: 'on its event loop', blocking: false },
  { kind: 'thread', how: 'blocked', blocking: true },
])('no ring is lost between two, the other a $kind that waits $how', async ({ kind, blocking }) => {
  const args = [kind, blocking, 3000].map((arg) => JSON.stringify(arg));
  const { code, stdout, stderr } = await run('native_waiting.cjs', { args });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '0 3000\n', stderr: '' });
});

testOnLinux.each([
  {
    what: 'a spin lock lets one in at a time, of processes and threads',
    kind: 'spin',
    printed: '["fine","fine","fine","fine","fine"] 100000 0',
  },
  {
    what: 'a spin lock whose owner is killed inside tells the next one, once',
    kind: 'deaths',
    printed: '[true,6,5,false]',
  },
  {
    what: 'in a crowd everything is taken by one of those who wait, at once',
    kind: 'crowd',
    printed: '0 3000 true',
  },
])('$what', async ({ kind, printed }) => {
  const { code, stdout, stderr } = await run('native_locks.cjs', { args: [kind] });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${printed}\n`, stderr: '' });
});

testOnLinux('threads that are ended while they begin with it do not end the program', async () => {
  const { code, stdout, stderr } = await run('native_ended.cjs', { args: ['terminate'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^(some were ended on the way|all had begun)\n$/);
});

testOnLinux.each([0, 5, 10])('nor when it ends itself, %i ms after they began', async (milliseconds) => {
  const { code, signal, stderr } = await run('native_ended.cjs', { args: ['exit', String(milliseconds)] });
  expect({ code, signal, stderr }).toEqual({ code: 7, signal: null, stderr: '' });
});

testWithMount('memory that runs out is a MemoryError, and harms nothing that is there', async () => {
  const { code, signal, stdout, stderr } = await native('exhausted', { command: withSharedMemory('24m') });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  const full = 'MemoryError: no shared memory is left: the file system that it lies in (/dev/shm) is full';
  const [large, small, worker, again] = stdout.trim().split('\n');
  expect([large, small]).toEqual([full, full]);
  expect(worker).toBe('[ true, true ]');
  expect(again).toMatch(/^(10|11) true$/);
});

testWithMount('where there is no memory from the beginning, that is a MemoryError', async () => {
  const { code, stdout } = await native('full', { command: withSharedMemory('64k') });
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'MemoryError: no shared memory is left: the file system that it lies in (/dev/shm) is full\n',
  });
});

testOnLinux('a limited address space is enough', async () => {
  const command = ['bash', '-c', `ulimit -v 16000000 && exec "$0" "$@"`, process.execPath];
  const { code, stdout, stderr } = await native('use', { command, args: ['thread'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe('[false,"<Lock(owner=SomeOtherThread)>"]\n<Lock(owner=MainProcess)>\n');
});

testOnLinux('workers that come and go leave neither maps nor descriptors nor slots behind', async () => {
  const { code, stdout, stderr } = await native('many');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { before, after, slots } = JSON.parse(stdout) as {
    before: { maps: number; fds: number };
    after: { maps: number; fds: number };
    slots: number;
  };
  // One map for all threads; a descriptor for each that can be rung at the same time, used again and again.
  expect(before.maps).toBe(1);
  expect(after.maps).toBe(1);
  expect(after.fds - before.fds).toBeLessThanOrEqual(12);
  expect(slots).toBeLessThan(24);
});

testOnLinux.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'after %s nothing of the family is left, in /dev/shm or mapped by anybody',
  async (signal) => {
    const held = start('native.cjs', { args: ['killed'] });
    await held.printed('ready');
    const [inode, name] = held.stdout().split('\n')[0]!.split(' ') as [string, string];
    expect(name).toMatch(/^\/dev\/shm\/multiprocessing-ts-\d+-/);
    // It has no name from the beginning.
    expect(readdirSync('/dev/shm').filter((each) => name.endsWith(each))).toEqual([]);
    expect(holders(Number(inode)).length).toBeGreaterThan(1);
    held.kill(signal);
    await held.ended;
    await until(() => holders(Number(inode)).length === 0, 'nobody has the file');
    expect(held.descendants()).toEqual([]);
  },
);

testOnLinux('a program with a Pool only loads no native code, here or in its workers', async () => {
  const { stdout, stderr } = await native('unused');
  expect(stderr).toBe('');
  const no = { module: false, native: false };
  expect(JSON.parse(stdout)).toEqual({ here: no, there: no, used: { module: true, native: true } });
});

test('where processes cannot share memory, no class can be sent to one, which says what works instead', async () => {
  const { code, stdout } = await native('elsewhere');
  const text = (where: string): string =>
    'NotImplementedError: this can be sent to threads of this process only: ' +
    `shared memory between processes is not available on ${where}: ` +
    'use threads (ThreadPool, get_context("thread")), a Manager, or send the data with the calls\n';
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: ['win32 x64', 'darwin arm64', 'linux ia32'].map(text).join(''),
  });
});

test('there pools, processes and threads work, and threads share a SharedArrayBuffer', async () => {
  const { code, stdout, stderr } = await native('instead');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe('spawn [ 2, 4 ] 3\nthread [ 2, 4 ] 3\n3\n');
});

testOnLinux('processes and threads share a lock', async () => {
  const { code, stdout, stderr } = await native('use', { args: ['spawn', 'thread'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(
    '[false,"<Lock(owner=SomeOtherProcess)>"]\n' +
      '[false,"<Lock(owner=SomeOtherThread)>"]\n' +
      '<Lock(owner=MainProcess)>\n',
  );
});

testOnLinux('who waits keeps the process alive, and nothing does afterwards', async () => {
  const { code, stdout } = await native('waits');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'true\n' });
});

testOnLinux('ES modules have the same classes', async () => {
  const { code, stdout, stderr } = await run('native.mjs');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe('<Lock(owner=MainProcess)> false\ntrue 0\n');
});

describe('under the permission model', () => {
  const model = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const warnings = ['--no-warnings'];

  testOnLinux('native code has to be allowed, for processes', async () => {
    const flags = [model, '--allow-fs-read=*', '--allow-worker', '--allow-child-process', ...warnings];
    const { stderr } = await native('use', { flags, args: ['spawn'] });
    expect(stderr).toContain(
      'NotImplementedError: this can be sent to threads of this process only: ' +
        'shared memory between processes is not available: ' +
        'this process may not load native code: start node with --allow-addons\n',
    );
  });

  testOnLinux('threads share memory without it', async () => {
    const flags = [model, '--allow-fs-read=*', '--allow-worker', ...warnings];
    const { code, stdout, stderr } = await native('use', { flags, args: ['thread'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('[false,"<Lock(owner=SomeOtherThread)>"]\n<Lock(owner=MainProcess)>\n');
  });

  testOnLinux('with that, and with threads and processes, it works', async () => {
    const flags = [
      model,
      '--allow-fs-read=*',
      '--allow-fs-write=*',
      '--allow-addons',
      '--allow-worker',
      '--allow-child-process',
      ...warnings,
    ];
    const { code, stdout, stderr } = await native('use', { flags, args: ['spawn', 'thread'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });

  testOnLinux('no file has to be writable', async () => {
    const flags = [model, '--allow-fs-read=*', '--allow-addons', '--allow-worker', ...warnings];
    const { code, stdout, stderr } = await native('use', { flags, args: ['thread'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('[false,"<Lock(owner=SomeOtherThread)>"]\n<Lock(owner=MainProcess)>\n');
  });
});
