import { current_process, parent_process } from 'multiprocessing-ts';
import { current_thread, threading } from 'multiprocessing-ts/builtins';
import { BOTH, contract, oracle, SPAWN } from './support';

const nameOf = (): string => current_process().name;
const threadNameOf = (): string => threading.current_thread().name;

contract(
  'names',
  (makePool, method) => {
    const recorded = oracle('p28_names');
    const workerName = method === 'thread' ? threadNameOf : nameOf;

    test('workers are SpawnPoolWorker-1, -2 ...; threads are Thread-1 (worker) ...', async () => {
      const names = new Set(await makePool.shared(2).map(workerName, Array.from({ length: 40 }), 1));
      const pattern =
        method === 'thread'
          ? 'Thread-\\d+ \\(worker\\)'
          : (recorded('spawn names').ok as string[])[0]!.replace(/\d+/, '\\d+');
      for (const name of names) expect(name).toMatch(new RegExp(`^${pattern}$`));
    });

    test('numbers go on over all pools and replacements', async () => {
      const number = (name: string): number => Number(/\d+/.exec(name)![0]);
      const pool = makePool(1, { maxtasksperchild: 1 });
      const names = [await pool.apply(workerName), await pool.apply(workerName)];
      expect(number(names[1]!)).toBeGreaterThan(number(names[0]!));
      expect(number(await makePool(1).apply(workerName))).toBeGreaterThan(number(names[1]!));
    });

    test('workers are daemons, their parent is MainProcess; threads are in MainProcess itself', async () => {
      const facts = (): unknown[] => [current_process().daemon, parent_process()?.name];
      const [, daemon, parent] = recorded('spawn identity,daemon,parent').ok as [unknown, boolean, string];
      expect(await makePool.shared(1).apply(facts)).toEqual(
        method === 'thread' ? [false, undefined] : [daemon, parent],
      );
      if (method === 'thread') expect(await makePool.shared(1).apply(nameOf)).toBe('MainProcess');
    });

    test('pids are those of the processes', async () => {
      const facts = (): number[] => [
        current_process().pid,
        process.pid,
        parent_process()?.pid ?? 0,
        process.ppid,
      ];
      const [own, pid, parent, ppid] = await makePool.shared(1).apply(facts);
      if (method === 'thread') {
        expect([own, pid, parent, ppid]).toEqual([process.pid, process.pid, 0, process.ppid]);
      } else {
        expect([own, parent]).toEqual([pid, ppid]);
        expect(ppid).toBe(process.pid);
      }
    });

    test('this process is MainProcess and no daemon', () => {
      expect([current_process().name, current_process().daemon, parent_process()]).toEqual([
        'MainProcess',
        false,
        null,
      ]);
    });

    test('threads know themselves: main threads are MainThread', async () => {
      const facts = (): unknown[] => {
        const { name, daemon, ident, is_alive } = current_thread();
        return [name, daemon, ident > 0, is_alive()];
      };
      expect(facts()).toEqual(['MainThread', false, true, true]);
      const inWorker = await makePool.shared(1).apply(facts);
      expect(inWorker.slice(1)).toEqual([method === 'thread', true, true]);
      expect(inWorker[0] === 'MainThread').toBe(method === 'spawn');
    });

    test('no two threads of a process have one ident, or one native id', async () => {
      const ids = (): (number | null)[] => {
        const { ident, native_id } = current_thread();
        return [ident, native_id];
      };
      const [own, theirs] = [ids(), await makePool.shared(1).apply(ids)];
      if (method === 'thread') expect(theirs[0]).not.toBe(own[0]);
      else expect(theirs[0]).toBe(own[0]);
      if (own[1] !== null) expect(theirs[1]).not.toBe(own[1]);
    });

    test('workers have the arguments and the environment of their parent', async () => {
      process.env.MULTIPROCESSING_TS_SPEC = 'seen';
      const pool = makePool(1);
      delete process.env.MULTIPROCESSING_TS_SPEC;
      expect(await pool.apply(() => process.env.MULTIPROCESSING_TS_SPEC)).toBe('seen');
      expect(await pool.apply(() => process.argv)).toEqual([...process.argv]);
      expect(await pool.apply(() => process.cwd())).toBe(process.cwd());
    });
  },
  BOTH,
  SPAWN,
);
