import { resolve } from 'node:path';
import { killAll, program, run } from '../support/processes';

/*
 * Elsewhere than on Linux processes share no memory, but the threads of one do: real threads, of a program that believes
 * to be elsewhere and has nothing of what Linux offers.
 */
afterEach(killAll);

const elsewhere = ['--require', resolve(program('.'), '../elsewhere.cjs')];
const REASON =
  'shared memory between processes is not available on darwin ' +
  `${process.arch}: use threads (ThreadPool, get_context("thread")), a Manager, or send the data with the calls`;

test.each([
  {
    what: 'a lock keeps threads apart, and nothing of a shared value is lost',
    kind: 'counting',
    printed: ['[ 0, 0 ] 3000 <Lock(owner=None)>'],
  },
  {
    what: 'values and arrays are one memory, also as typed arrays',
    kind: 'values',
    printed: ['1099511627777 150000 [ 0.5, 0.5 ] after 6'],
  },
  {
    what: 'threads of pools get them as initargs and as arguments, and capture them',
    kind: 'pools',
    printed: [
      '[ true, true, true ] [ 1, 2, 3 ]',
      "[ true, true, '<RLock(MainProcess|Thread-4 (worker), 2)>' ]",
    ],
  },
  {
    what: 'every item of a queue comes once',
    kind: 'queues',
    printed: ['Queue 89700 [ 0, 0 ]', 'JoinableQueue 89700 [ 0, 0 ]', 'SimpleQueue 89700 [ 0, 0 ]'],
  },
  {
    what: 'items are large, or functions, or shared themselves, and wait for room',
    kind: 'items',
    printed: ['[ 4194304, 7 ] 8 <Lock(owner=None)> [ 0 ]'],
  },
  {
    what: 'pipes carry values and bytes, and end',
    kind: 'pipes',
    printed: ['300 EOFError [ 0 ]', 'true 3145728', 'true [ 0 ]'],
  },
  {
    what: 'the death of a thread is noticed: of who holds a lock, of who holds the other end',
    kind: 'deaths',
    printed: ['OwnerDiedError EOFError true [ -15 ]', 'OwnerDiedError true', '[ 0 ] <Lock(owner=None)>'],
  },
  {
    what: 'calls that block wait for threads, also for those that have yet to begin',
    kind: 'blocking',
    printed: ['2 through', 'true false'],
  },
  {
    what: 'threads of threads share the same memory',
    kind: 'nested',
    printed: ['true <Lock(owner=SomeOtherThread)> [ 0 ]'],
  },
  {
    what: 'threads that are ended while they are rung leave nothing behind',
    kind: 'many',
    printed: ['true'],
  },
  { what: 'who waits keeps the program, and lets it go', kind: 'waits', printed: ['waited false'] },
  {
    what: 'what cannot reach a process is refused where it is sent',
    kind: 'refused',
    printed: [
      `NotImplementedError: this can be sent to threads of this process only: ${REASON}`,
      'still works',
    ],
  },
  {
    what: 'managers serve processes, by sockets',
    kind: 'managers',
    printed: ['a process got 299', 'NotImplementedError'],
  },
  {
    what: 'a manager that does not come to serve says why',
    kind: 'manager_fails',
    printed: ['RangeError no', "ProcessError the manager's process has ended before it served (exitcode 3)"],
  },
  {
    what: 'what needs Linux says so',
    kind: 'unavailable',
    printed: [
      `NotImplementedError: ${REASON}`,
      `NotImplementedError: calls that block need native code: use multiprocessing-ts itself, with await (${REASON})`,
    ],
  },
])('$what', async ({ kind, printed }) => {
  const { code, stdout, stderr } = await run('threads_elsewhere.cjs', { flags: elsewhere, args: [kind] });
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: printed.map((line) => `${line}\n`).join(''),
    stderr: '',
  });
});

test('so it is in a program that may not load native code', async () => {
  const { code, stdout, stderr } = await run('threads_elsewhere.cjs', {
    flags: ['--no-addons'],
    args: ['deaths'],
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(
    'OwnerDiedError EOFError true [ -15 ]\nOwnerDiedError true\n[ 0 ] <Lock(owner=None)>\n',
  );
});
