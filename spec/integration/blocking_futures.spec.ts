import { killAll, run } from '../support/processes';

/** Programs of executors and futures without an `await`. */
afterEach(killAll);

describe.each(['ProcessPoolExecutor', 'ThreadPoolExecutor'])('a program that blocks, with a %s', (kind) => {
  const isProcess = kind === 'ProcessPoolExecutor';
  const outputs = async (name: string): Promise<{ out: unknown[]; stderr: string }> => {
    const { code, signal, stdout, stderr } = await run('blocking_futures.cjs', { args: [name, kind] });
    expect({ code, signal, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    const lines = stdout.trim().split('\n');
    return { out: lines.map((line) => JSON.parse(line) as unknown), stderr };
  };
  const outputOf = async (name: string): Promise<unknown[]> => {
    const { out, stderr } = await outputs(name);
    expect(stderr).toBe('');
    return out;
  };
  const DONE = { done: true };

  test('has results, errors and states, and the event loop has not turned when all is done', async () => {
    expect(await outputOf('submit')).toEqual([
      ['<Future at 0x state=pending>', 1024, true, false],
      ['<Future at 0x state=finished returned number>', null, false, false],
      [true, { name: 'RangeError', message: 'bad' }],
      [2, 9],
      ['PicklingError'],
      [{ name: 'RuntimeError', message: 'cannot schedule new futures after shutdown' }, false],
    ]);
  });

  test('maps over inputs that may be endless, in time or not', async () => {
    expect(await outputOf('map')).toEqual([
      [
        [0, 1, 4, 9, 16],
        [4, 5],
      ],
      ['closed'],
      [6],
      [{ done: false, value: 0 }, { done: false, value: 1 }, { name: 'RangeError', message: 'two' }, DONE],
      [{ done: false, value: 0 }, 'TimeoutError', DONE],
      [1, null, DONE],
      [false],
    ]);
  });

  test('may close an iterator inside of its next(), and not ask it', async () => {
    expect(await outputOf('generator')).toEqual([
      [[1, 4], [{ name: 'ValueError', message: 'generator already executing' }]],
      [DONE],
    ]);
  });

  test('takes futures as they are completed', async () => {
    expect(await outputOf('as_completed')).toEqual([
      [['quick', 'slow'], 2, []],
      [4, { name: 'TimeoutError', message: '1 (of 2) futures unfinished' }, DONE],
      ["as_completed() takes futures, not 'number'", 'TypeError'],
      [true],
      [false],
    ]);
  });

  test('waits for the first, the first that raised, or all', async () => {
    expect(await outputOf('wait')).toEqual([
      [[1, 1], true, [1, 1]],
      [[2, 0]],
      [true, false],
      [
        [3, 0],
        [0, 1],
      ],
      ["Invalid return condition: 'X'", 'TypeError'],
      [false],
    ]);
  });

  test('waits no longer than it said, and may ask again', async () => {
    expect(await outputOf('timeouts')).toEqual([
      ['TimeoutError', 'TimeoutError', false],
      ['passed', true],
      [{ name: 'TimeoutError', message: 'the call ran longer than its timeout of 0.1 s' }, 4],
      ['aborted', 9],
    ]);
  });

  test('hears of the death of a worker in the call that waits', async () => {
    const { out, stderr } = await outputs('deaths');
    expect(out).toEqual([
      [2, isProcess ? ['BrokenProcessPool', 'BrokenProcessPool'] : ['WorkerLostError', null]],
      [isProcess ? 'BrokenProcessPool' : 'alive'],
      [isProcess ? 'BrokenProcessPool' : 'BrokenThreadPool'],
      [false],
    ]);
    expect(stderr).toMatch(/^Exception in initializer:\nRangeError: init\n/);
  });

  test('shuts down: waits, or cancels, or leaves it at that', async () => {
    expect(await outputOf('shutdown')).toEqual([
      [[false, true, true], 'CancelledError'],
      [false, 'passed'],
      [true, 25],
      [false],
    ]);
  });

  test('has run the callbacks of a future when its result is there', async () => {
    expect(await outputOf('callbacks')).toEqual([[[true, 9, 'late']], [16, false]]);
  });

  test('may block in a callback: for its executor, the next callback, or what ends together with it', async () => {
    expect(await outputOf('blocking_callbacks')).toEqual([
      [['inner', [25, 36], 49]],
      ['by hand'],
      [81],
      ['BrokenProcessPool', 'BrokenProcessPool'],
      [[1, 3]],
    ]);
  });

  test('is told what a callback throws, or that it returns a promise', async () => {
    const { out, stderr } = await outputs('bad_callbacks');
    expect(out).toEqual([['last'], [9]]);
    expect(stderr.match(/^(?:exception calling|\w+Error).*/gm)).toEqual([
      expect.stringMatching(/^exception calling callback for <Future at 0x/),
      'RangeError: callback',
      expect.stringMatching(/^exception calling callback for <Future at 0x/),
      'TypeError: a callback of a future that blocks cannot be awaited: it must not return a promise',
    ]);
  });

  test('may make futures of its own', async () => {
    expect(await outputOf('hand')).toEqual([
      [16, 25, 2],
      ['CancelledError', 'TimeoutError'],
      [true, true, false],
    ]);
  });

  test('may make executors of its own', async () => {
    expect(await outputOf('subclass')).toEqual([
      [[1, 4], 'NotImplementedError'],
      [
        [9, 16],
        [[3], [4]],
      ],
    ]);
  });

  test('is refused what cannot be waited for, or sent', async () => {
    const use = 'use the executors of multiprocessing-ts/concurrent/futures';
    const message = `an async iterable cannot be read by a call that blocks: ${use}`;
    expect(await outputOf('refused')).toEqual([
      [{ name: 'TypeError', message }],
      ["cannot pickle 'Future' object: send its result instead"],
      [`cannot pickle '${kind}' object: make one in the worker, inside the function`],
    ]);
  });

  test('may leave the rest to the event loop', async () => {
    expect(await outputOf('pending')).toEqual([['later', 9]]);
  });

  test('keeps executors of both facades going, and waits for futures of both', async () => {
    expect(await outputOf('mixed')).toEqual([[2, ['callback'], 2], [16, 36], [['callback', 64], 81], [1]]);
  });

  test('may be a worker', async () => {
    const inner = [3, [2, 4, 6]];
    expect(await outputOf('inside')).toEqual([[inner, inner], [inner, inner], [42]]);
  });

  test('is interrupted by Ctrl-C, and runs the handlers there are', async () => {
    expect(await outputOf('interrupted')).toEqual([['KeyboardInterrupt'], ['handler'], ['passed']]);
  });
});

test('where nothing can block, the import says so', async () => {
  const { code, stderr } = await run('blocking_futures.cjs', {
    args: ['submit', 'ProcessPoolExecutor'],
    flags: ['--no-addons'],
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/NotImplementedError: calls that block need native code/);
});
