import { readdirSync, readFileSync } from 'node:fs';
import { alive, killAll, run, start, until } from '../../support/processes';
import { open, scratch } from '../support';
import { exists, freshName, remove } from './support';

/** What becomes of memory with a name that nobody has unlinked, in real programs. */
const path = scratch();
afterEach(killAll);

const program = (kind: string, ...args: string[]) => run('shared_memory.cjs', { args: [kind, ...args] });
const leaked = (count: number): string =>
  `UserWarning: resource_tracker: There appear to be ${count} leaked shared_memory objects to clean up at shutdown\n`;
const gone = (name: string) => until(() => !exists(name), `${name} is gone`);
test('what was forgotten is unlinked after the end, whatever its name, with a warning', async () => {
  const prefix = freshName('left');
  const { code, stdout, stderr } = await program('forgotten', prefix);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'made\n', stderr: leaked(3) });
  expect(readdirSync('/dev/shm').filter((name) => name.startsWith(prefix))).toEqual([]);
});

test('what was unlinked in time, here or in workers, is nobody to be warned of', async () => {
  expect(await program('clean')).toEqual({ code: 0, signal: null, stdout: 'clean\n', stderr: '' });
});

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('so it is after %s', async (signal) => {
  const held = start('shared_memory.cjs', { args: ['held'] });
  await held.printed('ready');
  const [name] = held.stdout().split('\n') as [string];
  expect(exists(name)).toBe(true);
  // As from a terminal: all that belongs to it is told.
  held.killGroup(signal);
  const { stderr } = await held.ended;
  await gone(name);
  expect(stderr).toBe(leaked(1));
});

test('what a worker has made outlives it, until the program ends', async () => {
  const { code, stdout, stderr } = await program('worker');
  const [name, size] = stdout.split('\n') as [string, string];
  expect({ code, size, stderr }).toEqual({ code: 0, size: '10', stderr: leaked(1) });
  expect(exists(name)).toBe(false);
});

test('it stays as long as anybody of the family lives', async () => {
  const gate = path('gate');
  const parent = start('shared_memory.cjs', { args: ['child', gate] });
  await parent.printed('working');
  const [name] = parent.stdout().split('\n') as [string];
  parent.kill('SIGKILL');
  await until(() => !alive(parent.pid), 'the end of the parent');
  expect(exists(name)).toBe(true);
  open(gate);
  const { stdout, stderr } = await parent.ended;
  expect(stdout.split('\n')).toContain('true');
  expect(stderr).toBe(leaked(1));
  expect(exists(name)).toBe(false);
});

test('what is not tracked stays', async () => {
  const { stdout, stderr } = await program('untracked');
  const name = stdout.trim();
  try {
    expect(exists(name)).toBe(true);
    expect(stderr).toBe('');
  } finally {
    remove(name);
  }
});

test('what somebody else has put in its place is left alone', async () => {
  const { stdout, stderr } = await program('replaced');
  const name = stdout.trim();
  try {
    expect(readFileSync(`/dev/shm/${name}`, 'utf8')).toBe('somebody else');
    expect(stderr).toBe('');
  } finally {
    remove(name);
  }
});

test('a tracker that was killed is replaced by the next, which knows of all', async () => {
  const { code, stdout, stderr } = await program('tracker');
  const names = stdout.trim().split('\n');
  expect({ code, names: names.length, stderr }).toEqual({ code: 0, names: 2, stderr: leaked(2) });
  expect(names.filter(exists)).toEqual([]);
});

test('where processes cannot share memory, what has a name says so, and what works instead', async () => {
  const { code, stdout } = await program('elsewhere');
  const text = (where: string): string =>
    `NotImplementedError: shared memory between processes is not available on ${where}: ` +
    'use threads (ThreadPool, get_context("thread")), a Manager, or send the data with the calls\n';
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: ['win32 x64', 'darwin arm64'].map((where) => 'made\n'.repeat(4) + text(where).repeat(3)).join(''),
  });
});
