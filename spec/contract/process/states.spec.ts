import { existsSync } from 'node:fs';
import { active_children, current_process, get_context } from 'multiprocessing-ts';
import { AssertionError, AttributeError, sleep, ValueError } from 'multiprocessing-ts/builtins';
import { testOnLinux } from '../../support/processes';
import { BOTH, exc, excOf, open, pass, scratch, soon } from '../support';
import { masked, processes, recorded } from './support';

const path = scratch();
const forEver = (): void => {
  setInterval(() => undefined, 1000);
};

processes(
  'before it is started',
  (Process) => {
    test('nothing is known of it', () => {
      const p = new Process({ target: forEver, name: 'NN' });
      expect([p.exitcode, p.pid, p.ident, p.is_alive(), p.daemon]).toEqual(recorded('initial').ok);
    });

    test('its repr says so', () => {
      const { name } = Process;
      const expected = (recorded('repr initial').ok as string).replace('Process', name);
      expect(masked(String(new Process({ target: forEver, name: 'NN' })))).toBe(expected);
    });

    test.each<[string, (p: InstanceType<typeof Process>) => unknown]>([
      ['sentinel', (p) => p.sentinel],
      ['join', async (p) => p.join()],
      [
        'terminate',
        (p) => {
          p.terminate();
        },
      ],
      [
        'kill',
        (p) => {
          p.kill();
        },
      ],
    ])('%s throws what Python raises', async (name, use) => {
      const p = new Process({ target: forEver });
      expect(await excOf(() => use(p))).toEqual(exc(recorded(`${name} before start`)));
    });

    test('the errors are of the classes that can be imported', async () => {
      const p = new Process();
      await expect(p.join()).rejects.toBeInstanceOf(AssertionError);
      expect(() => p.sentinel).toThrow(ValueError);
      expect(() => {
        p.interrupt();
      }).toThrow(AttributeError);
    });

    test('it can be closed, and not be started then', async () => {
      const p = new Process({ target: forEver, name: 'NN' });
      p.close();
      expect(await excOf(async () => p.start())).toEqual(exc(recorded('start after close')));
      const expected = (recorded('repr closed').ok as string).replace('Process', Process.name);
      expect(masked(String(p))).toBe(expected);
    });
  },
  BOTH,
);

processes(
  'while it runs',
  (Process) => {
    test('it cannot be started, made a daemon or closed', async () => {
      const p = new Process({ target: forEver });
      p.start();
      expect(await excOf(async () => p.start())).toEqual(exc(recorded('start twice')));
      expect(await excOf(() => (p.daemon = true))).toEqual(exc(recorded('set daemon after start')));
      expect(await excOf(async () => p.close())).toEqual(exc(recorded('close while running')));
      expect(p.is_alive()).toBe(true);
    });

    test('join(timeout) only waits so long; 0 and less only look', async () => {
      const p = new Process({ target: forEver });
      p.start();
      await p.join(0);
      expect([null, p.is_alive(), p.exitcode]).toEqual(recorded('join(0) alive').ok);
      await p.join(-1);
      await p.join(0.05);
      await p.join({ timeout: 0.05 });
      expect(p.is_alive()).toBe(true);
    });

    test('it is among the active children, and is not afterwards', async () => {
      const p = new Process({ target: forEver });
      expect(active_children()).not.toContain(p);
      p.start();
      expect(active_children().includes(p)).toBe(recorded('in active_children').ok);
      p.terminate();
      await p.join();
      expect(active_children().includes(p)).toBe(recorded('active_children after').ok);
    });

    test('its sentinel is a number, always the same', () => {
      const [p, q] = [new Process({ target: forEver }), new Process({ target: forEver })];
      p.start();
      q.start();
      expect(Number.isInteger(p.sentinel)).toBe(recorded('type sentinel').ok === 'int');
      expect(p.sentinel).toBe(p.sentinel);
      expect(p.sentinel).not.toBe(q.sentinel);
    });

    test('its repr tells its pid', () => {
      const p = new Process({ target: forEver, daemon: true, name: 'NN' });
      p.start();
      expect(masked(String(p))).toBe(`<${Process.name} name='NN' pid=P parent=P started daemon>`);
    });

    test('its name can be changed', () => {
      const p = new Process({ target: forEver });
      p.start();
      p.name = 'other';
      expect(p.name).toBe('other');
    });

    test('start() does not wait for what it has started to begin, nor to end', () => {
      const begin = (file: string): void => {
        open(file);
        forEver();
      };
      let waited = true;
      // On a busy machine this process may be the slower one, but not again and again.
      for (let i = 0; i < 10 && waited; i++) {
        const file = path('begun');
        new Process({ target: begin, args: [file] }).start();
        waited = existsSync(file);
      }
      expect(waited).toBe(false);
    });
  },
  BOTH,
);

processes(
  'when it has ended',
  (Process, method) => {
    const ended = async () => {
      const p = new Process();
      p.start();
      await p.join();
      return p;
    };

    test('it can be joined and terminated again', async () => {
      const p = await ended();
      await p.join();
      await p.join(0);
      p.terminate();
      expect([recorded('join again').ok, recorded('terminate dead').ok]).toEqual([null, null]);
    });

    test('it can be closed, twice even', async () => {
      const p = await ended();
      p.close();
      p.close();
      expect(recorded('close twice').ok).toBeNull();
    });

    test.each(['is_alive', 'join', 'terminate', 'kill', 'start'] as const)(
      'after close() %s() is a ValueError',
      async (method) => {
        const p = await ended();
        p.close();
        expect(await excOf(async () => p[method]())).toEqual(exc(recorded(`closed.${method}`)));
      },
    );

    test.each(['exitcode', 'pid', 'sentinel'] as const)('after close() %s is a ValueError', async (name) => {
      const p = await ended();
      p.close();
      expect(await excOf(() => p[name])).toEqual(exc(recorded(`closed.${name}`)));
    });

    test('after close() it still has its name', async () => {
      const p = await ended();
      p.close();
      const prefix = method === 'spawn' ? 'Spawn' : 'Thread';
      expect(p.name.replace(/\d+/, 'N')).toBe(`${prefix}${String(recorded('closed.name').ok)}`);
      expect(p.daemon).toBe(recorded('closed.daemon').ok);
    });

    test('several can wait for it at once', async () => {
      const gate = path('gate');
      const p = new Process({ target: pass, args: [gate] });
      p.start();
      const joined = [p.join(), p.join(45), p.join()];
      open(gate);
      await soon(Promise.all(joined));
      expect(p.exitcode).toBe(0);
    });
  },
  BOTH,
);

describe('the process itself', () => {
  test('is alive, and cannot be closed, joined or started', async () => {
    const main = current_process();
    main.close();
    expect([main.is_alive(), main.exitcode, main.pid]).toEqual([true, null, process.pid]);
    expect(await excOf(async () => main.join())).toEqual({
      type: 'AssertionError',
      str: 'can only join a child process',
    });
    expect(await excOf(async () => main.start())).toEqual({
      type: 'AssertionError',
      str: 'can only start a process object created by current process',
    });
    expect(() => main.sentinel).toThrow('process not started');
  });

  test('is always the same object', () => {
    expect(current_process()).toBe(current_process());
  });
});

describe('while this process is blocked', () => {
  testOnLinux('its end and its exit code are seen at once, as the system tells of them', async () => {
    const { Process } = get_context('spawn');
    const [p, q] = [new Process({ target: () => process.exit(9) }), new Process({ target: forEver })];
    p.start();
    q.start();
    q.terminate();
    for (let i = 0; i < 4500 && (p.is_alive() || q.is_alive()); i++) sleep(0.01);
    expect([p.is_alive(), p.exitcode, q.is_alive(), q.exitcode]).toEqual([false, 9, false, -15]);
    expect(active_children()).toEqual([]);
    await Promise.all([p.join(), q.join()]);
    expect([p.exitcode, q.exitcode]).toEqual([9, -15]);
  });
});
