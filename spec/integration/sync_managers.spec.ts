import { pythonServer, endAll } from '../contract/managers/support';
import { findPython, testWithPython } from '../support/python';
import { killAll, run } from '../support/processes';

/** Programs without an `await`: managers and sockets that block, to the end. */
afterEach(killAll);
afterAll(endAll);

async function outputOf(name: string, ...args: string[]): Promise<unknown[]> {
  const { code, signal, stdout, stderr } = await run('sync_managers.cjs', { args: [name, ...args] });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe('a program with a manager that blocks', () => {
  test('has the items of dicts and lists by Python’s syntax', async () => {
    expect(await outputOf('items')).toEqual([
      [1, 'three', 'three', true, false, ['a', 'b', 3], 3],
      [{ name: 'KeyError', message: "'c'" }, "{'a': 1, 'b': 2, 3: 'three'}"],
      [1, [3, 'keys'], 'KeyError'],
      [7, 9, [7, 2, 9], true, 'IndexError', 3],
      [[5], 'ListProxy'],
      [2, 'AttributeError'],
      [[1, 7], 5, false],
      ['BrokenPipeError'],
    ]);
  });

  test('waits for what others have, no longer than it said', async () => {
    expect(await outputOf('waits')).toEqual([
      [true, null],
      ['RuntimeError'],
      ['Full', 'item', 'Empty'],
      [false, false],
      [0, 'TypeError'],
      [[1, 4, 9], 1, [2]],
    ]);
  });

  test.each(['spawn', 'thread'])('sends proxies to its workers (%s)', async (method) => {
    expect(await outputOf('workers', method)).toEqual([
      [['1', '2', '3'].map(Number), 9],
      [[0, 1]],
      [42],
      [[5], false],
    ]);
  });

  test('calls so often that shared memory pays, and sends what no socket holds', async () => {
    expect(await outputOf('many')).toEqual([
      [1500, 1499],
      [8e6, 1],
    ]);
  });

  test('registers types of its own', async () => {
    expect(await outputOf('own')).toEqual([
      [6, 'later', 'AutoProxy[Counter]'],
      [2],
      ['AuthenticationError'],
      ['RemoteError'],
      [{ name: 'AssertionError', message: 'server not yet started' }],
    ]);
  });

  test('hears of the death of the server in the call that waits for it', async () => {
    expect(await outputOf('death')).toEqual([['EOFError', 'BrokenPipeError'], ['over']]);
  });

  test('is interrupted by Ctrl-C', async () => {
    expect(await outputOf('interrupted')).toEqual([['KeyboardInterrupt', 1], ['KeyboardInterrupt']]);
  });

  test('serves in a thread, Python too', async () => {
    const python = findPython();
    expect(await outputOf('serving', 'spawn', python ?? '')).toEqual([
      [0, 2],
      ...(python === null ? [] : [[6]]),
      ['over'],
    ]);
  });

  test('has proxies of either facade', async () => {
    expect(await outputOf('async_too')).toEqual([[1], [true, true], [1, 1]]);
  });

  testWithPython('uses a manager in Python', async () => {
    const { address } = await pythonServer('own');
    expect(await outputOf('python_server', 'spawn', String(address[1]))).toEqual([
      [6, 'AutoProxy[Counter]', 'ValueError'],
      [
        [[[1, 2]], {}],
        [0, 1, 2],
      ],
    ]);
  });

  testWithPython('uses a SyncManager in Python', async () => {
    const { address } = await pythonServer('sync');
    expect(await outputOf('python_sync_server', 'spawn', String(address[1]))).toEqual([
      [3, true, 2, 'KeyError', 'ListProxy'],
      [true, true, null, null, 'RuntimeError'],
      ['Empty'],
    ]);
  });
});

test('a program with sockets that block', async () => {
  expect(await outputOf('sockets')).toEqual([
    ...['object', 'object', 'string'].flatMap((from) => [
      [{ a: [1, 2] }, false, from],
      [3e6],
      ['AuthenticationError', 'AuthenticationError'],
      ['EOFError', false],
      ['listener is closed'],
    ]),
    ['ConnectionRefusedError', 'FileNotFoundError'],
    ['AuthenticationError'],
  ]);
});
