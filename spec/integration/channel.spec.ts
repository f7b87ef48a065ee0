import { readFileSync } from 'node:fs';
import { Pool } from 'multiprocessing-ts';
import { WorkerLostError } from 'multiprocessing-ts/pool';
import { alive, inTime, kill, killAll, run, testOnLinux, until, workers } from '../support/processes';

/** What tasks do to the process they run in, and the pool has to live with. */
let pool: Pool;

beforeEach(() => {
  pool = new Pool(1);
});

afterEach(async () => {
  await inTime(pool.terminate(), 'terminate()');
  await killAll();
});

const expectThatItWorks = async (): Promise<void> => {
  expect(
    await inTime(
      pool.map((n: number) => n + 1, [1, 2, 3]),
      'the next call',
    ),
  ).toEqual([2, 3, 4]);
};

describe('output', () => {
  test('large texts of console.log and process.stdout.write arrive whole', async () => {
    const { code, stdout, stderr } = await run('output.cjs', { args: ['large'] });
    expect(code).toBe(0);
    // Texts of two workers may be mixed: what is larger than a pipe is written in pieces.
    const count = (text: string) => stdout.split(text).length - 1;
    expect(['a', 'b', 'c', 'd', '\n'].map(count)).toEqual([1_800_000, 1_800_000, 1_800_000, 1_800_000, 24]);
    expect(stderr.length).toBe(4 * 100_001);
  });

  test('what a task printed last is there when process.exit() follows in the parent', async () => {
    const { code, stdout } = await run('output.cjs', { args: ['exit'] });
    expect(code).toBe(3);
    expect(stdout).toContain('the last words');
  });

  testOnLinux('process.stdout.end() in a task', async () => {
    // A pipe, as shells make them: the stdio of node's children are sockets, which are shut down for all at once.
    const { code, stdout, stderr } = await run('output.cjs', {
      command: ['sh', '-c', '"$0" "$@" | cat', process.execPath],
      args: ['end'],
    });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'before\n[ 2, 3, 4 ]\n', stderr: '' });
  });

  test('console methods replaced by a task stay in its worker', async () => {
    await pool.apply(() => {
      console.log = () => {
        throw new Error('no');
      };
    });
    await expectThatItWorks();
  });
});

describe('input', () => {
  test('process.stdin of a worker is at its end: the one of the parent is left alone', async () => {
    const { stdout, code } = await run('input.cjs', { stdin: 'first\nsecond\n' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'worker: ""\nparent: "first\\nsecond\\n"\n' });
  });
});

describe('the process of the worker', () => {
  test('descriptors closed by number, from 3 up to 20', async () => {
    await pool.apply(() => {
      const { closeSync } = require('node:fs') as typeof import('node:fs');
      for (let fd = 3; fd <= 20; fd++) {
        try {
          closeSync(fd);
        } catch {
          // Not open, or not ours to close.
        }
      }
    });
    await expectThatItWorks();
  });

  test('descriptors 0, 1 and 2 closed', async () => {
    await pool.apply(() => {
      const { closeSync } = require('node:fs') as typeof import('node:fs');
      for (let fd = 0; fd <= 2; fd++) closeSync(fd);
    });
    await expectThatItWorks();
    await pool
      .apply(() => {
        console.log('into nothing');
      })
      .catch(() => undefined);
    await expectThatItWorks();
  });

  test.each([
    ['process.send', () => (process.send as unknown as (m: string) => void)('a message')],
    ['process.disconnect', () => (process as unknown as { disconnect: () => void }).disconnect()],
  ])('%s is not there: the task fails, the worker does not', async (_name, task) => {
    const before = await pool.apply(() => process.pid);
    await expect(pool.apply(task)).rejects.toBeInstanceOf(TypeError);
    expect(await pool.apply(() => process.pid)).toBe(before);
  });

  test('process.chdir', async () => {
    const cwd = await pool.apply(() => {
      process.chdir('/');
      return process.cwd();
    });
    expect(cwd).toBe('/');
    // Modules that are loaded late are still found.
    await expect(
      pool.apply(() => {
        throw Object.assign(new RangeError('x'), { when: new Date(0) });
      }),
    ).rejects.toBeInstanceOf(RangeError);
    await expectThatItWorks();
  });

  test('process.title', async () => {
    await pool.apply(() => {
      process.title = 'a worker of mine';
    });
    await expectThatItWorks();
  });

  test('process.exitCode changes nothing', async () => {
    await pool.apply(() => {
      process.exitCode = 9;
    });
    await expectThatItWorks();
    pool.close();
    await inTime(pool.join(), 'join()');
  });

  test('timers replaced for good, as tests do', async () => {
    await pool.apply(() => {
      const nothing = () => {
        throw new Error('gone');
      };
      Object.assign(globalThis, {
        setTimeout: nothing,
        setInterval: nothing,
        setImmediate: nothing,
        queueMicrotask: nothing,
      });
    });
    await expectThatItWorks();
    await inTime(
      Promise.all(Array.from({ length: 500 }, (_, i) => pool.apply(async (n: number) => n, [i]))),
      'the calls',
    );
  });

  test('clocks that stand still, as tests make them', async () => {
    await pool.apply(() => {
      Date.now = () => 0;
      performance.now = () => 0;
    });
    await expectThatItWorks();
    await inTime(
      Promise.all(Array.from({ length: 500 }, (_, i) => pool.apply((n: number) => n, [i]))),
      'the calls',
    );
  });

  test('prototypes with enumerable properties and a frozen Object', async () => {
    await pool.apply(() => {
      (Object.prototype as { extra?: number }).extra = 1;
      (Array.prototype as unknown as { more?: () => number }).more = () => 2;
      Object.freeze(Object.prototype);
      Object.freeze(Array.prototype);
    });
    await expectThatItWorks();
    expect(await pool.apply((o: object) => Object.keys(o), [{ a: 1, b: [2] }])).toEqual(['a', 'b']);
  });
});

describe('terminate() and join() resolve', () => {
  test('though a task handles SIGTERM and never ends', async () => {
    const running = pool.apply_async(() => {
      process.on('SIGTERM', () => undefined);
      for (;;);
    });
    const error = running.get().catch((reason: unknown) => reason);
    await expect(running.get(1)).rejects.toMatchObject({ name: 'TimeoutError' });
    await inTime(pool.terminate(), 'terminate()');
    expect(await error).toMatchObject({ name: 'TerminatedError' });
  });

  test('though an earlier task left timers, servers and a handler of SIGTERM behind', async () => {
    await pool.apply(() => {
      setInterval(() => undefined, 1000);
      const { createServer } = require('node:net') as typeof import('node:net');
      createServer().listen(0);
      process.on('SIGTERM', () => undefined);
    });
    pool.close();
    await expect(inTime(pool.join(), 'join()')).resolves.toBeUndefined();
  });

  testOnLinux.each(['join', 'terminate'] as const)('though a grandchild lives on: %s()', async (how) => {
    const grandchild = await pool.apply(() => {
      const { spawn } = require('node:child_process') as typeof import('node:child_process');
      const child = spawn('sleep', ['1000'], { stdio: 'inherit', detached: true });
      child.unref();
      return child.pid as number;
    });
    try {
      pool.close();
      await inTime(pool[how](), `${how}()`);
      expect(alive(grandchild)).toBe(true);
    } finally {
      kill(grandchild, 'SIGKILL');
      await until(() => !alive(grandchild), 'the grandchild is gone');
    }
  });

  testOnLinux('though a grandchild holds all descriptors of its killed worker', async () => {
    const grandchild = await pool.apply(() => {
      const { spawn } = require('node:child_process') as typeof import('node:child_process');
      const child = spawn('sleep', ['1000'], { stdio: [0, 1, 2, 3, 4, 5, 6], detached: true });
      child.unref();
      return child.pid as number;
    });
    try {
      const running = pool.apply_async(() => process.kill(process.pid, 'SIGKILL'));
      await expect(inTime(running.get(), 'the call')).rejects.toBeInstanceOf(WorkerLostError);
      await expectThatItWorks();
      await inTime(pool.terminate(), 'terminate()');
    } finally {
      kill(grandchild, 'SIGKILL');
      await until(() => !alive(grandchild), 'the grandchild is gone');
    }
  });
});

describe('what an earlier task left behind', () => {
  const quiet = () => {
    // What node prints about it belongs to the worker's stderr, not into the report of this spec.
    const { closeSync, openSync } = require('node:fs') as typeof import('node:fs');
    closeSync(2);
    openSync('/dev/null', 'w');
  };

  testOnLinux('an exception in a timer ends the idle worker: no task fails', async () => {
    await pool.apply(quiet);
    const before = await pool.apply(() => {
      setTimeout(() => {
        throw new Error('later');
      }, 20);
      return process.pid;
    });
    await until(() => !alive(before), 'the worker has ended');
    await expectThatItWorks();
    expect(workers()).not.toContain(before);
  });

  test('an unhandled rejection ends the worker in the middle of a task: that one is lost', async () => {
    await pool.apply(quiet);
    await pool.apply(() => {
      setTimeout(() => void Promise.reject(new Error('later')), 50);
    });
    const error = (await pool
      .apply(() => new Promise(() => undefined))
      .catch((reason: unknown) => reason)) as WorkerLostError;
    expect(error).toBeInstanceOf(WorkerLostError);
    expect(error).toMatchObject({ exitcode: 1, signal: null });
    await expectThatItWorks();
  });

  test('a handler of uncaught exceptions keeps the worker alive', async () => {
    const before = await pool.apply(() => {
      process.on('uncaughtException', () => undefined);
      setTimeout(() => {
        throw new Error('handled');
      }, 0);
      return process.pid;
    });
    expect(await pool.apply(() => new Promise((resolve) => setTimeout(resolve, 50, process.pid)))).toBe(
      before,
    );
  });

  test('a channel cut for good loses the worker, not the pool', async () => {
    const error = (await inTime(
      pool
        .apply(() => {
          const net = require('node:net') as typeof import('node:net');
          const handles = (process as unknown as { _getActiveHandles: () => object[] })._getActiveHandles();
          for (const handle of handles) if (handle instanceof net.Socket) handle.destroy();
          return new Promise(() => setInterval(() => undefined, 1000));
        })
        .catch((reason: unknown) => reason),
      'the call',
    )) as Error;
    expect(error).toBeInstanceOf(WorkerLostError);
    await expectThatItWorks();
  });
});

testOnLinux('a worker has the memory of a bare node, about', async () => {
  const rss = (pid: number): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  await expectThatItWorks();
  expect(rss(workers()[0] as number)).toBeLessThan(100_000);
});
