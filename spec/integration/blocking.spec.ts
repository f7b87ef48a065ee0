import { killAll, run } from '../support/processes';

/** Programs without an `await`: what blocks, blocks to the end, and the event loop does not turn meanwhile. */
afterEach(killAll);

describe.each(['spawn', 'thread'])('a program that blocks (%s)', (method) => {
  const outputOf = async (name: string): Promise<unknown[]> => {
    const { code, signal, stdout, stderr } = await run('blocking.cjs', { args: [name, method] });
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };

  test('prints what its map has returned', async () => {
    expect(await outputOf('map')).toEqual([[[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]]]);
  });

  test('has all methods of a pool, and the event loop has not turned when all is done', async () => {
    expect(await outputOf('everything')).toEqual([
      [9, [3, 7]],
      [[1, 4], [5]],
      [
        [0, 1, 4, 9, 16],
        [0, 1, 16, 4, 9],
      ],
      [2],
      [`<${method === 'thread' ? 'ThreadPool' : 'Pool'} state=CLOSE pool_size=2>`, false],
    ]);
  });

  test('has given out what it submits before it waits for it', async () => {
    expect(await outputOf('prompt')).toEqual([[true]]);
  });

  test('may sleep while what is long is on its way to its workers', async () => {
    expect(await outputOf('sleeping')).toEqual([[[true, true, true, true]]]);
  });

  test('has any number of callbacks that wait themselves, of pools and executors', async () => {
    expect(await outputOf('deep')).toEqual([[500], [1000]]);
  });

  test('cannot join a pool in its callback', async () => {
    expect(await outputOf('joined_within')).toEqual([
      [{ name: 'RuntimeError', message: 'cannot join current thread' }],
    ]);
  });

  test('has listeners of signals that run while it waits, whenever they were added', async () => {
    expect(await outputOf('listeners')).toEqual([['SIGTERM', 'through', 'SIGINT']]);
  });

  test('has listeners of signals that run although the one before has thrown', async () => {
    expect(await outputOf('late_listeners')).toEqual([['SIGTERM'], ['uncaught', 'the listener fails']]);
  });

  test('is told at `process.exit` what its callbacks have thrown', async () => {
    const { code, stderr } = await run('blocking.cjs', { args: ['late_errors', method] });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Uncaught RangeError: callback of 1\n[^]*Uncaught RangeError: callback of 4\n/);
  });

  test('handles at `process.exit` what its callbacks have thrown, if it handles such errors', async () => {
    const { code, stdout, stderr } = await run('blocking.cjs', { args: ['late_errors', method, 'handled'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('["callback of 1","uncaughtException"]\n["callback of 4","uncaughtException"]\n');
  });

  test('ends with Ctrl-C that came while a callback waited', async () => {
    expect(await outputOf('interrupted_callback')).toEqual([['KeyboardInterrupt']]);
  });

  test('waits no longer than it said, and may ask again', async () => {
    expect(await outputOf('timeouts')).toEqual([
      ['TimeoutError', 'TimeoutError', false],
      ['ValueError'],
      [0.5, true, true],
      ['TimeoutError', { value: 0.3, done: false }, { value: 0, done: false }, { done: true }],
      ['TimeoutError', 4],
    ]);
  });

  test('hears of the death of a worker in the call that waits for it', async () => {
    const lost = (how: object): unknown => [expect.objectContaining({ name: 'WorkerLostError', ...how })];
    expect(await outputOf('deaths')).toEqual([
      lost({ exitcode: 3 }),
      lost({ exitcode: 7 }),
      ...(method === 'thread' ? [] : [lost({ exitcode: -9, signal: 'SIGKILL' })]),
      [25],
      [36, false],
    ]);
  });

  test('replaces workers that have done their share', async () => {
    expect(await outputOf('recycled')).toEqual([[8]]);
  });

  test('hears of initializers that fail', async () => {
    expect(await outputOf('initializer')).toEqual([['InitializerError'], [5], ['InitializerError']]);
  });

  test('terminates a pool that is busy', async () => {
    expect(await outputOf('terminate')).toEqual([
      [['TerminatedError', 'TerminatedError', 'TerminatedError'], 'Pool not running'],
      [false],
    ]);
  });

  test('terminates workers that do not hear of it', async () => {
    expect(await outputOf('stubborn')).toEqual([['terminated']]);
  });

  test('has run the callbacks when the result is there, and when join returns', async () => {
    const [first, second] = (await outputOf('callbacks')) as [unknown, [unknown[], boolean]];
    expect(first).toEqual([[9]]);
    expect(second[0]).toHaveLength(3);
    expect(second[0]).toEqual(expect.arrayContaining([9, [1, 4], 'TypeError']));
    expect(second[1]).toBe(false);
  });

  test('may block in a callback and in an input', async () => {
    expect(await outputOf('nested')).toEqual([[[['inner', 16], 16, 25]], [[1, 16]]]);
  });

  test('terminates the pool at the end of a `using` block', async () => {
    expect(await outputOf('using')).toEqual([['TerminatedError']]);
  });

  test('sends and receives more than a channel holds', async () => {
    expect(await outputOf('large')).toEqual([[[3e7 + 7, 3e7 + 7, 3e7 + 7]], [3e7], [[3e7, 3e7, 3e7]]]);
  });

  test('is refused at the call what cannot be waited for, or sent', async () => {
    expect(await outputOf('refused')).toEqual([
      ['TypeError'],
      ['TypeError'],
      ['PicklingError', 9],
      ['Pool is still running', 'ValueError'],
    ]);
  });

  test('reports a callback that returns a promise, and goes on', async () => {
    expect(await outputOf('promised')).toEqual([
      [9],
      ['TypeError', expect.stringContaining('cannot be awaited')],
    ]);
  });

  test('may leave the rest to the event loop', async () => {
    expect(await outputOf('pending')).toEqual([['later', 9]]);
  });

  test('keeps pools of both facades going', async () => {
    expect(await outputOf('mixed')).toEqual([[25], [[16], 16, [2e7, 2e7, 2e7]], [36, [16, 49]]]);
  });

  test('may be a worker', async () => {
    expect(await outputOf('inside')).toEqual([
      [
        [2, 4, 6],
        [2, 4, 6],
      ],
    ]);
  });

  test('is interrupted by Ctrl-C, and runs the handlers there are', async () => {
    expect(await outputOf('interrupted')).toEqual([['KeyboardInterrupt'], ['handler'], [1]]);
  });

  if (method === 'spawn') {
    test('does not wait for a grandchild that holds the channel of a dead worker open', async () => {
      expect(await outputOf('grandchild')).toEqual([[9, true]]);
    });
  }
});

test('where nothing can block, the import says so, and why', async () => {
  const { code, stderr } = await run('blocking.cjs', { args: ['map', 'spawn'], flags: ['--no-addons'] });
  expect(code).toBe(1);
  expect(stderr).toMatch(/NotImplementedError: calls that block need native code: .*--allow-addons/);
});
