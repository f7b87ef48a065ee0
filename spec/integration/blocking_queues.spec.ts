import { killAll, run } from '../support/processes';

/** Queues and pipes without an `await`: what blocks, blocks to the end, and the event loop does not turn meanwhile. */
afterEach(killAll);

async function outputOf(name: string, method: string): Promise<unknown[]> {
  const { code, signal, stdout, stderr } = await run('blocking_queues.cjs', { args: [name, method] });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe.each(['spawn', 'thread'])('a program that blocks, with workers that block (%s)', (method) => {
  test('hands out tasks, and waits until they are done', async () => {
    const sum = Array.from({ length: 200 }, (_, i) => i * i).reduce((a, b) => a + b);
    expect(await outputOf('tasks', method)).toEqual([
      [200, sum],
      [200, false],
    ]);
  });

  test('runs the callbacks that bring what it waits for', async () => {
    expect(await outputOf('callbacks', method)).toEqual([[9], [16], [true, 25], [64, false]]);
  });

  test('sends queues and connections, which block wherever they arrive', async () => {
    expect(await outputOf('travel', method)).toEqual([
      [[true, true, true, true]],
      [['Queue', 'JoinableQueue', 'SimpleQueue', 'Connection']],
      [1, 2, 'through itself', true, true],
    ]);
  });

  test('talks through pipes, with more than they hold, to the end', async () => {
    expect(await outputOf('pipes', method)).toEqual([
      [[true, true, true, true]],
      ['EOFError', false],
      [50 * 10_000 + 5 * 3_000_000],
    ]);
  });

  test('hears of the death of who holds the other end, in each call that waits for it', async () => {
    expect(await outputOf('deaths', method)).toEqual([
      ['EOFError'],
      ['BrokenPipeError'],
      ['BrokenPipeError'],
      [true, 'EOFError', 'BrokenPipeError'],
      [true, 'EOFError'],
      ['EOFError', 'BrokenPipeError', false],
    ]);
  });

  test('ends workers that block: they take nothing with them', async () => {
    expect(await outputOf('killed', method)).toEqual([[[0, 1, 2, 3, 4], 0, true, 'EOFError']]);
  });

  test('waits for the end of a process', async () => {
    expect(await outputOf('sentinels', method)).toEqual([[true, 'here'], [[]], [true, 0]]);
  });
});

describe('a program that blocks', () => {
  test('is held back by a queue that is full', async () => {
    expect(await outputOf('bounded', 'spawn')).toEqual([[true, true, true]]);
  });

  test('waits no longer than it said, and nor does a worker', async () => {
    expect(await outputOf('timeouts', 'spawn')).toEqual([
      [
        [
          ['Empty', true],
          ['Full', true],
        ],
        [
          ['Empty', true],
          ['Full', true],
        ],
      ],
      ['Empty', 'Empty', 'Full'],
      [1, true],
      [
        [false, true],
        [false, true],
        [[], true],
      ],
      [[false, true]],
    ]);
  });

  test('sees what its workers do though it only looks', async () => {
    expect(await outputOf('spinning', 'spawn')).toEqual([
      [true, 4],
      [9],
      [16],
      [true, 1],
      [true],
      [true, true],
      [true, 64],
      [true, 81],
      [true, 100, false],
    ]);
  });

  test('is interrupted by Ctrl-C in each call that waits, and nothing is lost', async () => {
    expect(await outputOf('interrupted', 'spawn')).toEqual([
      ...Array<unknown>(7).fill(['KeyboardInterrupt']),
      [1, 1, true, 2, 10_000],
      ['by the handler'],
    ]);
  });

  test('gives each item to one of many, be they processes or threads', async () => {
    expect(await outputOf('crowd', 'spawn')).toEqual([[600, true, false]]);
  });

  test('may be a worker', async () => {
    expect(await outputOf('inside', 'spawn')).toEqual([[[2, 2, 5, 'called back']]]);
  });

  test('keeps what is promised going', async () => {
    expect(await outputOf('mixed', 'spawn')).toEqual([['blocking'], ['promised', 'message'], [true, 1]]);
  });
});
