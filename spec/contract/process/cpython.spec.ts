import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import {
  active_children,
  cpu_count,
  current_process,
  get_context,
  parent_process,
  type Process as AnyProcess,
} from 'multiprocessing-ts';
import { sleep, SystemExit, ValueError } from 'multiprocessing-ts/builtins';
import { BOTH, lines, open, pass, scratch, soon, until, SPAWN } from '../support';
import { killAll, processes, run } from './support';

/*
 * The Process tests of CPython's own suite (Lib/test/_test_multiprocessing.py), under their names. Where those use
 * queues, pipes and events, these use files.
 */
const path = scratch();
const DELTA = 0.1;

const sleepSome = (): void => sleep(100);

processes(
  '_TestProcess',
  (Process, method) => {
    // Of the main process: once is enough.
    if (method === 'spawn') {
      test('test_current', () => {
        const current = current_process();
        expect(current.is_alive()).toBe(true);
        expect(current.daemon).toBe(false);
        expect(Buffer.isBuffer(current.authkey)).toBe(true);
        expect(current.authkey.length).toBeGreaterThan(0);
        expect(current.ident).toBe(process.pid);
        expect(current.exitcode).toBeNull();
      });

      test('test_cpu_count', () => {
        expect(Number.isInteger(cpu_count())).toBe(true);
        expect(cpu_count()).toBeGreaterThanOrEqual(1);
      });
    }

    test.each([[1], ['str'], [[1]], [{ a: 1 }]])('test_args_argument', async (arg) => {
      for (const make of [(list: unknown[]) => list, (list: unknown[]) => new Set(list)]) {
        const file = path('args');
        const put = (to: string, given: unknown): void => {
          writeFileSync(to, JSON.stringify(given));
        };
        const p = new Process({ target: put, args: make([file, arg]) as [string, unknown] });
        p.daemon = true;
        await run(p);
        expect(JSON.parse(lines(file)[0]!)).toEqual(arg);
      }
    });

    test('test_daemon_argument', () => {
      const target = (): void => undefined;
      expect(new Process({ target }).daemon).toBe(current_process().daemon);
      expect(new Process({ target, daemon: true }).daemon).toBe(true);
      expect(new Process({ target, daemon: false }).daemon).toBe(false);
    });

    test('test_parent_process_attributes', async () => {
      expect(parent_process()).toBeNull();
      const file = path('parent');
      const send = (to: string): void => {
        appendFileSync(to, `${parent_process()?.pid}\n${parent_process()?.name}\n`);
      };
      await run(new Process({ target: send, args: [file] }));
      expect(lines(file)).toEqual([String(current_process().pid), current_process().name]);
    });

    // A thread ends with its parent.
    if (method === 'spawn') {
      test('test_parent_process', async () => {
        const file = path('status');
        const report = async (to: string): Promise<void> => {
          const say = (): void => {
            appendFileSync(to, `${parent_process()?.is_alive() === true ? 'alive' : 'not alive'}\n`);
          };
          say();
          await parent_process()?.join(45);
          say();
        };
        const createGrandchild = (to: string): void => {
          new Process({ target: report, args: [to] }).start();
          sleep(300);
        };
        const p = new Process({ target: createGrandchild, args: [file] });
        p.start();
        await until(() => lines(file).length === 1, 'the grandchild');
        expect(lines(file)).toEqual(['alive']);
        p.terminate();
        await p.join();
        await until(() => lines(file).length === 2, 'the grandchild');
        expect(lines(file)).toEqual(['alive', 'not alive']);
      });
    }

    test('test_process', async () => {
      const file = path('process');
      const gate = path('gate');
      const kwargs = { hello: 23, bye: 2.54 };
      const target = (to: string, ...rest: unknown[]): void => {
        const current = current_process();
        const key = current.authkey.toString('hex');
        appendFileSync(to, JSON.stringify([rest, current.name, key, current.pid]));
        pass(gate);
      };
      const p = new Process({ target, args: [file, 1, 2], kwargs, name: 'SomeProcess' } as never);
      p.daemon = true;
      const current = current_process();
      expect(p.authkey).toEqual(current.authkey);
      expect(p.is_alive()).toBe(false);
      expect(p.daemon).toBe(true);
      expect(active_children()).not.toContain(p);
      expect(Array.isArray(active_children())).toBe(true);
      expect(p.exitcode).toBeNull();

      p.start();
      expect(p.exitcode).toBeNull();
      expect(p.is_alive()).toBe(true);
      expect(active_children()).toContain(p);
      await until(() => lines(file).length === 1);
      const [[one, two, keywords], name, key, pid] = JSON.parse(lines(file)[0]!);
      expect([one, two, keywords]).toEqual([1, 2, kwargs]);
      expect(name).toBe(p.name);
      expect(key).toBe(current.authkey.toString('hex'));
      expect(pid).toBe(p.pid);

      open(gate);
      await p.join();
      expect(p.exitcode).toBe(0);
      expect(p.is_alive()).toBe(false);
      expect(active_children()).not.toContain(p);
    });

    const killProcess = async (kill: (p: AnyProcess) => void): Promise<number | null> => {
      const file = path('kill');
      const target = (to: string): void => {
        open(to);
        sleepSome();
      };
      const p = new Process({ target, args: [file] });
      p.daemon = true;
      p.start();
      expect(p.is_alive()).toBe(true);
      expect(active_children()).toContain(p);
      expect(p.exitcode).toBeNull();
      await p.join(0);
      expect(p.is_alive()).toBe(true);
      await p.join(-1);
      expect(p.is_alive()).toBe(true);
      await until(() => existsSync(file));
      kill(p);
      await soon(p.join());
      expect(p.is_alive()).toBe(false);
      expect(active_children()).not.toContain(p);
      await p.join();
      return p.exitcode;
    };

    test('test_interrupt', async () => {
      const file = path('interrupt');
      const target = (to: string): void => {
        process.on('SIGINT', () => process.exit(1));
        setInterval(() => undefined, 1000);
        open(to);
      };
      const p = new Process({ target, args: [file] });
      p.start();
      await until(() => existsSync(file));
      p.interrupt();
      await soon(p.join());
      // A thread gets no signals.
      expect(p.exitcode).toBe(method === 'spawn' ? 1 : -2);
    });

    test('test_interrupt_no_handler', async () => {
      expect(await killProcess((p) => p.interrupt())).toBe(-2);
    });

    test('test_terminate', async () => {
      expect(await killProcess((p) => p.terminate())).toBe(-15);
    });

    test('test_kill', async () => {
      expect(await killProcess((p) => p.kill())).toBe(-9);
    });

    test('test_active_children', async () => {
      expect(Array.isArray(active_children())).toBe(true);
      const p = new Process({ target: sleep, args: [DELTA] });
      expect(active_children()).not.toContain(p);
      p.daemon = true;
      p.start();
      expect(active_children()).toContain(p);
      await p.join();
      expect(active_children()).not.toContain(p);
    });

    test('test_recursion', async () => {
      const file = path('recursion');
      const recurse = async (to: string, id: number[]): Promise<void> => {
        appendFileSync(to, `${JSON.stringify(id)}\n`);
        if (id.length >= 2) return;
        for (const i of [0, 1]) {
          const p = new Process({ target: recurse, args: [to, [...id, i]] });
          p.start();
          await p.join();
        }
      };
      await recurse(file, []);
      expect(lines(file)).toEqual(['[]', '[0]', '[0,0]', '[0,1]', '[1]', '[1,0]', '[1,1]']);
    });

    test('test_close', async () => {
      const gate = path('gate');
      const target = (): never => {
        pass(gate);
        throw new SystemExit(0);
      };
      const p = new Process({ target });
      p.daemon = true;
      p.start();
      expect(p.is_alive()).toBe(true);
      expect(() => p.close()).toThrow(ValueError);
      open(gate);
      await p.join();
      expect(p.is_alive()).toBe(false);
      expect(p.exitcode).toBe(0);
      p.close();
      expect(() => p.is_alive()).toThrow(ValueError);
      await expect(p.join()).rejects.toThrow(ValueError);
      expect(() => p.terminate()).toThrow(ValueError);
      p.close();
    });

    test('test_many_processes', async () => {
      const N = 5;
      const short = Array.from({ length: N }, () => new Process({ target: sleep, args: [0.01] }));
      for (const p of short) p.start();
      for (const p of short) await p.join();
      expect(short.map((p) => p.exitcode)).toEqual(Array(N).fill(0));

      const long = Array.from({ length: N }, () => new Process({ target: sleepSome }));
      for (const p of long) p.start();
      for (const p of long) p.terminate();
      for (const p of long) await p.join();
      expect(long.map((p) => p.exitcode)).toEqual(Array(N).fill(-15));
    });

    // Only Linux lists them, and threads have those of their process.
    if (process.platform === 'linux' && method === 'spawn') {
      test('test_child_fd_inflation', async () => {
        const file = path('fds');
        const gate = path('gate');
        const count = (to: string): void => {
          appendFileSync(to, `${readdirSync('/proc/self/fd').length}\n`);
          pass(gate);
        };
        const list = Array.from({ length: 5 }, () => new Process({ target: count, args: [file] }));
        for (const p of list) p.start();
        await until(() => lines(file).length === 5);
        open(gate);
        for (const p of list) await p.join();
        expect(new Set(lines(file)).size).toBe(1);
      });
    }

    // Of timers and whatever else is left in its event loop, where Python's has threads.
    test('test_wait_for_threads', async () => {
      const file = path('event');
      const target = (to: string): void => {
        setTimeout(() => open(to), 100);
        setTimeout(() => undefined, 20_000).unref();
      };
      expect(await run(new Process({ target, args: [file] }))).toBe(0);
      expect(existsSync(file)).toBe(true);
    });
  },
  BOTH,
  SPAWN,
);

processes(
  '_TestSubclassingProcess',
  (Process) => {
    test('test_subclassing', async () => {
      const [requests, answers] = [path('requests'), path('answers')];
      class UpperCaser extends Process {
        override async run(): Promise<void> {
          for (let seen = 0; ;) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            for (const line of lines(requests).slice(seen)) {
              if (line === 'stop') return;
              seen++;
              appendFileSync(answers, `${line.toUpperCase()}\n`);
            }
          }
        }
      }
      const uppercaser = new UpperCaser();
      uppercaser.daemon = true;
      uppercaser.start();
      for (const word of ['hello', 'world', 'stop']) appendFileSync(requests, `${word}\n`);
      await uppercaser.join();
      expect([lines(answers), uppercaser.exitcode]).toEqual([['HELLO', 'WORLD'], 0]);
    });

    test('test_stderr_flush', async () => {
      const file = path('stderr');
      const target = (to: string): never => {
        process.stderr.write = (text: string | Uint8Array): boolean => {
          appendFileSync(to, text);
          return true;
        };
        throw new RangeError('MARKER');
      };
      const p = new Process({ target, args: [file] });
      expect(await run(p)).toBe(1);
      const [head, error, place] = lines(file);
      expect([head, error]).toEqual([`Process ${p.name}:`, 'RangeError: MARKER']);
      expect(place).toMatch(/^ {4}at target \(.*cpython\.spec\.ts:\d+:\d+\)$/);
    });

    const exit = (to: string, ...reason: [unknown?]): never => {
      process.stderr.write = (text: string | Uint8Array): boolean => {
        appendFileSync(to, text);
        return true;
      };
      throw new SystemExit(...reason);
    };

    test.each<[unknown, string]>([
      [[1, 2, 3], '[1, 2, 3]'],
      ['ignore this', 'ignore this'],
    ])('test_sys_exit: %j is printed, and 1', async (reason, printed) => {
      const file = path('exit');
      const p = new Process({ target: exit, args: [file, reason] });
      p.daemon = true;
      expect(await run(p)).toBe(1);
      expect(lines(file)).toEqual([printed]);
    });

    test.each<[unknown[], number]>([
      [[true], 1],
      [[false], 0],
      [[8], 8],
      [[null], 0],
      [[], 0],
    ])('test_sys_exit: %j is %d', async (reason, expected) => {
      const file = path('exit');
      const p = new Process({ target: exit, args: [file, ...reason] as [string, unknown] });
      p.daemon = true;
      expect(await run(p)).toBe(expected);
      expect(existsSync(file)).toBe(false);
    });
  },
  BOTH,
  SPAWN,
);

describe('TestBaseProcessKwargs', () => {
  test('test_default_kwargs_not_shared_between_instances', () => {
    const kwargs = {};
    const p = new (get_context('spawn').Process)({ target: (x: object) => x, kwargs });
    Object.assign(kwargs, { a: 1 });
    expect(p.run()).toBeUndefined();
  });
});

describe('TestStartMethod', () => {
  afterEach(killAll);

  test('test_context', () => {
    for (const method of ['spawn', 'thread'] as const) {
      const context = get_context(method);
      expect(context.get_start_method()).toBe(method);
      expect(get_context(context.get_start_method()).Process).toBe(context.Process);
    }
  });
});

processes(
  '_TestAtExit',
  (Process) => {
    test('test_atexit', async () => {
      const file = path('atexit');
      const target = (to: string): void => {
        process.on('exit', () => open(to));
      };
      await run(new Process({ target, args: [file] }));
      expect(existsSync(file)).toBe(true);
    });
  },
  BOTH,
  SPAWN,
);
