import { appendFileSync, readFileSync } from 'node:fs';
import {
  active_children,
  current_process,
  get_context,
  get_start_method,
  parent_process,
  Pool,
  Process as DefaultProcess,
  set_start_method,
} from 'multiprocessing-ts';
import { ThreadPool } from 'multiprocessing-ts/pool';
import { current_thread, sleep } from 'multiprocessing-ts/builtins';
import { exc, excOf, lines, scratch } from '../support';
import { killAll, processes, recorded, run } from './support';

const path = scratch();
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

processes('names', (Process, method) => {
  const prefix = method === 'spawn' ? 'SpawnProcess' : 'ThreadProcess';

  test('it is called by its class, with a number of its own', () => {
    const number = (p: { name: string }) => Number(new RegExp(`^${prefix}-(\\d+)$`).exec(p.name)?.[1]);
    const [p, q] = [new Process(), new Process()];
    expect(number(q)).toBe(number(p) + 1);
    class Mine extends Process {}
    expect(new Mine().name).toMatch(/^Mine-\d+$/);
  });

  test('or as it is told', () => {
    const { ok } = recorded('positional order (group,target,name,args,kwargs)');
    expect(new Process(null, () => 5, 'n', [], {}).name).toBe(ok);
    expect(new Process({ name: 'n' }).name).toBe('n');
    const p = new Process();
    p.name = 'later';
    expect(p.name).toBe('later');
  });

  test('a name is a string', async () => {
    const p = new Process();
    expect(await excOf(() => (p.name = 5 as never))).toEqual(exc(recorded('name not str')));
    expect(() => new Process({ name: 5 as never })).toThrow('name must be a string');
  });

  test('it knows itself and its parent', async () => {
    const file = path('view');
    const info = (to: string): void => {
      const p = current_process();
      const facts = [p.name, p.daemon, 1, parent_process()?.name, parent_process()?.pid === process.ppid];
      const rest = [p.exitcode, String(p).split(' ')[0], active_children()];
      appendFileSync(to, JSON.stringify([...facts, ...rest]));
    };
    await run(new Process({ target: info, args: [file], name: 'Kid', daemon: true }));
    const [name, daemon, , parent, , exitcode, repr, active] = recorded(
      'child view [name,daemon,identity(len),parent name,parent pid ok,exitcode,repr,active]',
    ).ok as unknown[];
    const isChildOfOurs = method === 'spawn';
    expect(read(file)).toEqual([
      name,
      daemon,
      1,
      parent,
      isChildOfOurs,
      exitcode,
      (repr as string).replace('Process', prefix),
      active,
    ]);
  });

  test('a thread knows itself as a thread, too', async () => {
    const file = path('thread');
    const tell = (to: string): void => {
      const { name, daemon } = current_thread();
      appendFileSync(to, JSON.stringify([name, daemon, process.pid]));
    };
    const p = new Process({ target: tell, args: [file], daemon: true });
    await run(p);
    expect(read(file)).toEqual(
      method === 'spawn' ? ['MainThread', false, p.pid] : [p.name, true, process.pid],
    );
  });

  test('children of children have the numbers of both', async () => {
    const file = path('nested');
    const nest = async (to: string): Promise<void> => {
      const p = new DefaultProcess({ target: () => appendFileSync(to, `${current_process().name}\n`) });
      appendFileSync(to, `${p.name}\n`);
      p.start();
      await p.join();
    };
    const p = new Process({ target: nest, args: [file] });
    await run(p);
    expect(recorded('nested default name Process-N:1').ok).toBe(true);
    const [made, started] = lines(file);
    expect(made).toMatch(new RegExp(`^Process-${p.name.split('-')[1] ?? ''}:\\d+$`));
    if (method === 'spawn') expect(made).toMatch(/:1$/);
    expect(started).toBe(made);
  });

  test('its children are started as it was', async () => {
    const file = path('method');
    const tell = (to: string): void => {
      appendFileSync(to, String(get_start_method(true)));
    };
    await run(new Process({ target: tell, args: [file] }));
    expect(readFileSync(file, 'utf8')).toBe(method);
  });

  if (method === 'spawn') {
    test('its parent can be asked from its threads, too', async () => {
      const file = path('from a thread');
      const ask = async (to: string): Promise<void> => {
        const p = new (get_context('thread').Process)({ target: () => undefined });
        p.start();
        await p.join();
        const pool = new ThreadPool(1);
        const facts = await pool.apply(async () => {
          await parent_process()?.join(0.01);
          return [parent_process()?.pid, parent_process()?.is_alive(), current_process().name];
        });
        await pool.terminate();
        appendFileSync(to, JSON.stringify(facts));
      };
      const p = new Process({ target: ask, args: [file] });
      await run(p);
      expect(read(file)).toEqual([process.pid, true, p.name]);
    });
  }

  test('it can be found in its own function', async () => {
    const file = path('self');
    const p = new Process({
      target: () => {
        appendFileSync(file, JSON.stringify([p.name, p === current_process(), p.is_alive(), p.pid]));
      },
    });
    await run(p);
    expect(read(file)).toEqual([p.name, true, true, p.pid]);
  });

  test('the name that it gives itself stays its own', async () => {
    const file = path('renamed');
    const rename = (to: string): void => {
      current_process().name = 'renamed';
      appendFileSync(to, JSON.stringify(current_process().name));
    };
    const p = new Process({ target: rename, args: [file], name: 'n' });
    await run(p);
    expect([read(file), p.name]).toEqual(['renamed', 'n']);
  });
});

processes('daemons', (Process, method) => {
  test('it is one if it is told, and else as who makes it', () => {
    expect(new Process().daemon).toBe(recorded('default daemon inherits').ok);
    expect(new Process({ daemon: true }).daemon).toBe(true);
    const p = new Process();
    p.daemon = true;
    expect(p.daemon).toBe(true);
    p.daemon = false;
    expect(p.daemon).toBe(false);
  });

  test('what a daemon makes are daemons, and it cannot start processes', async () => {
    const file = path('daemon');
    const attempt = (to: string): void => {
      const p = new (get_context('spawn').Process)();
      try {
        p.start();
      } catch (error) {
        appendFileSync(to, JSON.stringify([p.daemon, (error as Error).name, (error as Error).message]));
      }
    };
    await run(new Process({ target: attempt, args: [file], daemon: true }));
    expect(read(file)).toEqual([true, 'AssertionError', recorded('daemon cannot have children').ok]);
  });

  if (method === 'spawn') {
    test('a daemon can have threads, which end with it', async () => {
      const file = path('threads');
      const start = async (to: string): Promise<void> => {
        const p = new (get_context('thread').Process)({ target: () => appendFileSync(to, '"ran"') });
        p.start();
        await p.join();
      };
      expect(await run(new Process({ target: start, args: [file], daemon: true }))).toBe(0);
      expect(read(file)).toBe('ran');
    });
  }
});

describe('the main process', () => {
  test('is MainProcess', () => {
    const main = current_process();
    const key = main.authkey;
    expect([
      main.name,
      main.daemon,
      main.exitcode,
      main.is_alive(),
      parent_process(),
      key.length,
      key.constructor.name,
      String(main).split(' ')[0],
    ]).toEqual(recorded('main process').ok);
    expect(String(main)).toBe("<_MainProcess name='MainProcess' parent=None started>");
  });
});

describe('the start method', () => {
  afterEach(killAll);

  test('of the main class is the one in use', async () => {
    const pid = async () => {
      const p = new DefaultProcess();
      await run(p);
      return p.pid;
    };
    expect(await pid()).not.toBe(process.pid);
    set_start_method('thread', true);
    try {
      expect(await pid()).toBe(process.pid);
      expect(new DefaultProcess().name).toMatch(/^Process-\d+$/);
    } finally {
      set_start_method('spawn', true);
    }
  });

  test('of a context is its own', () => {
    const { Process } = get_context('thread');
    expect(get_context('thread').Process).toBe(Process);
    expect(get_context().Process).toBe(get_context('spawn').Process);
    expect(new Process()).toBeInstanceOf(DefaultProcess);
  });
});

describe('pools in children', () => {
  afterEach(killAll);

  test('name their workers after the child', async () => {
    const file = path('pool');
    const nest = async (to: string): Promise<void> => {
      await using pool = new Pool(1);
      appendFileSync(to, await pool.apply(() => current_process().name));
    };
    const p = new (get_context('spawn').Process)({ target: nest, args: [file] });
    await run(p);
    expect(readFileSync(file, 'utf8')).toBe(`SpawnPoolWorker-${p.name.split('-')[1] ?? ''}:1`);
  });

  test('a worker of a pool may have no children', async () => {
    await using pool = new Pool(1);
    const attempt = (): void => {
      new DefaultProcess({ target: () => sleep(0) }).start();
    };
    await expect(pool.apply(attempt)).rejects.toThrow('daemonic processes are not allowed to have children');
  });
});
