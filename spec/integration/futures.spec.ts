import { Pool } from 'multiprocessing-ts';
import { Future } from 'multiprocessing-ts/concurrent/futures';
import { killAll, run } from '../support/processes';

afterEach(killAll);

describe('a program with futures', () => {
  const program = (kind: string) => run('futures.mjs', { args: [kind] });

  test('imports their names into an ES module', async () => {
    const { stdout, stderr, code } = await program('names');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const [names, types] = stdout.split('\n');
    expect(names?.split(' ')).toEqual(
      expect.arrayContaining([
        'ALL_COMPLETED',
        'BrokenExecutor',
        'BrokenProcessPool',
        'BrokenThreadPool',
        'CancelledError',
        'FIRST_COMPLETED',
        'FIRST_EXCEPTION',
        'Future',
        'InvalidStateError',
        'TimeoutError',
        'as_completed',
        'wait',
      ]),
    );
    expect(types).toBe('function function function function');
  });

  test('is not harmed by an exception that nobody asks for', async () => {
    expect(await program('unread')).toMatchObject({ stdout: 'no harm\n', stderr: '', code: 0 });
  });

  test('ends when all it does is to wait for futures of nobody', async () => {
    expect(await program('abandoned')).toMatchObject({ stdout: 'the end\n', stderr: '', code: 0 });
  });

  test('is told on stderr what a callback threw', async () => {
    const { stdout, stderr, code } = await program('callback');
    expect({ stdout, code }).toEqual({ stdout: '1\n', code: 0 });
    expect(stderr).toMatch(
      /^exception calling callback for <Future at 0x[0-9a-f]+ state=finished returned number>\n/,
    );
    expect(stderr).toMatch(/\nError: doh!\n {4}at [^]*futures\.mjs[^]*\[cause\]: TypeError: why/);
  });
});

test('a future cannot be sent to a worker, nor come back from one', async () => {
  const pool = new Pool(1);
  try {
    const future = new Future<number>();
    const text = /cannot pickle 'Future' object/;
    await expect(pool.apply((x: unknown) => x, [future])).rejects.toThrow(text);
    await expect(pool.apply((x: unknown) => x, [{ list: [future] }])).rejects.toThrow(text);
    await expect(pool.apply(() => future)).rejects.toThrow(text);
    await expect(pool.apply(() => new Future())).rejects.toThrow(text);
    // In the worker they are as good as here.
    const made = pool.apply(async () => {
      const inside = new Future<number>();
      inside.set_result(process.pid);
      return inside.result(1);
    });
    expect(await made).not.toBe(process.pid);
  } finally {
    await pool.terminate();
  }
});
