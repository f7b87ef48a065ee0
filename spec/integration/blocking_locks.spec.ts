import { killAll, run } from '../support/processes';

/** Locks and their kin in programs without an `await`, in the main thread and in workers. */
afterEach(killAll);

describe.each(['spawn', 'thread'])('a program that blocks with locks (%s)', (method) => {
  const outputOf = async (name: string): Promise<unknown[]> => {
    const { code, signal, stdout, stderr } = await run('blocking_locks.cjs', { args: [name, method] });
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };

  test('counts with its workers, and nothing is lost', async () => {
    expect(await outputOf('counted')).toEqual([[900, 900, 900, 900, 900, false, false]]);
  });

  test('waits for events, conditions, barriers and semaphores of its workers', async () => {
    expect(await outputOf('kin')).toEqual([
      [true],
      [true, true, [true, 2, true, true], 1],
      [false, 'BrokenBarrierError', true, false],
    ]);
  });

  test('sends them to workers, where they block as well', async () => {
    expect(await outputOf('arrives')).toEqual([
      [['Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Event', 'Condition', 'Barrier', 'RLock']],
      [true, true, true, 0],
    ]);
  });

  test('hears of results and runs callbacks while it waits for a lock', async () => {
    expect(await outputOf('callbacks')).toEqual([
      [true, ['callback']],
      [true, ['callback', 10], false],
    ]);
  });

  test('is woken by whoever gives a lock back, although it listens to its workers as well', async () => {
    expect(await outputOf('rung')).toEqual([[true]]);
  });

  test('may be a worker with workers of its own', async () => {
    expect(await outputOf('inside')).toEqual([
      [
        [true, false],
        [true, false],
      ],
    ]);
  });

  test('hears of the death of who is waited for', async () => {
    expect(await outputOf('deaths')).toEqual([
      [
        { name: 'OwnerDiedError', message: 'the process that held the lock has died' },
        true,
        'WorkerLostError',
      ],
      ['OwnerDiedError', true],
      ['BrokenBarrierError'],
    ]);
  });

  test('is interrupted by Ctrl-C, with workers and without, and runs the handlers there are', async () => {
    expect(await outputOf('interrupted')).toEqual([
      ['KeyboardInterrupt', { value: false }],
      ['KeyboardInterrupt', true],
      ['handler'],
      [true],
    ]);
  });

  test('goes along with the other facade', async () => {
    expect(await outputOf('mixed')).toEqual([[true, true], [false], [true, true], [true, true, true]]);
  });
});

test('a wait is no longer than it said, and says what cannot be waited for', async () => {
  const { stdout, stderr } = await run('blocking_locks.cjs', { args: ['timeouts', 'spawn'] });
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual([
    '[false,false,false]',
    '[false,false,0]',
    '["TypeError","TypeError","AssertionError","TypeError"]',
  ]);
});
