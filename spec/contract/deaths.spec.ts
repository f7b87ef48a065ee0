import { appendFileSync } from 'node:fs';
import { ProcessError } from 'multiprocessing-ts';
import { WorkerLostError } from 'multiprocessing-ts/pool';
import {
  BOTH,
  contract,
  drain,
  isAlive,
  lines,
  open,
  oracle,
  pass,
  pidOf,
  scratch,
  soon,
  STOP,
  until,
  worker,
} from './support';

const path = scratch();
const recorded = oracle('p22_worker_death');
const g = <T>(x: T): T => x;

const exit = (code: number): never => process.exit(code);
const kill = (signal: NodeJS.Signals): void => {
  process.kill(process.pid, signal);
  for (;;);
};

contract(
  'a worker that dies',
  (makePool, method) => {
    // A signal is for a whole process: no thread can be ended by one.
    const hasSignals = method === 'spawn';

    test.each(
      (
        [
          ['sys.exit(0)', exit, 0, { exitcode: 0, signal: null }],
          ['sys.exit(3)', exit, 3, { exitcode: 3, signal: null }],
          ['os._exit(7)', exit, 7, { exitcode: 7, signal: null }],
          ['SIGKILL', kill, 'SIGKILL', { exitcode: -9, signal: 'SIGKILL' }],
          ['SIGTERM', kill, 'SIGTERM', { exitcode: -15, signal: 'SIGTERM' }],
        ] as [string, (how: never) => unknown, unknown, object][]
      ).filter(([, act]) => act !== kill || hasSignals),
    )(
      'fails its task with WorkerLostError and is replaced: %s (H1: CPython waits for ever)',
      async (name, act, how, how_it_ended) => {
        const pool = makePool(1);
        const before = await pool.apply(worker);
        const error = await soon(pool.apply(act as (how: unknown) => unknown, [how])).catch(
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(WorkerLostError);
        expect(error).toBeInstanceOf(ProcessError);
        expect(error).toMatchObject({ pid: pidOf(before), ...how_it_ended });
        const expected = recorded(name).ok as Record<string, unknown>;
        expect((error as WorkerLostError).exitcode).toBe(expected['old worker exitcode']);
        expect(await pool.apply(g, [5])).toBe(expected['next task']);
        expect((await pool.apply(worker)) !== before).toBe(expected['new pid']);
      },
    );

    if (hasSignals) {
      test.each(['SIGSEGV', 'SIGABRT', 'SIGBUS'] as const)('by %s', async (signal) => {
        const error = await soon(makePool(1).apply(kill, [signal])).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ name: 'WorkerLostError', signal });
      });
    }

    test('by an error that nobody catches', async () => {
      const pool = makePool(1);
      const uncaught = (): Promise<never> => {
        console.error = () => undefined;
        process.stderr.write = () => true;
        process.on('uncaughtException', () => process.exit(1));
        setImmediate(() => {
          throw new Error('uncaught');
        });
        return new Promise(() => undefined);
      };
      await expect(soon(pool.apply(uncaught))).rejects.toMatchObject({
        name: 'WorkerLostError',
        exitcode: 1,
      });
      expect(await pool.apply(g, [1])).toBe(1);
    });

    test('fails only the task that ran: what waited in it is run elsewhere, in order', async () => {
      const [gate, log] = [path('gate'), path('log')];
      const pool = makePool(1);
      const note = (i: number): number => {
        appendFileSync(log, `${i}\n`);
        return i;
      };
      // Known to be short, so that many lie in the worker at once.
      await pool.map(note, [0, 0, 0, 0], 1);
      const blocker = pool.apply_async(pass, [gate]);
      const results = Array.from({ length: 30 }, (_, i) =>
        pool.apply_async(i === 10 ? () => process.exit(9) : note, [i] as never),
      );
      open(gate);
      await blocker.get();
      const settled = await soon(Promise.allSettled(results.map((result) => result.get())));
      expect(settled.map(({ status }, i) => (status === 'rejected' ? i : -1)).filter((i) => i >= 0)).toEqual([
        10,
      ]);
      const expected = Array.from({ length: 30 }, (_, i) => i).filter((i) => i !== 10);
      expect(lines(log).slice(4).map(Number)).toEqual(expected);
    });

    test('fails a map only when all other chunks are done', async () => {
      const log = path('log');
      const f = (i: number): void => {
        if (i === 0) process.exit(7);
        appendFileSync(log, `${i}\n`);
      };
      await expect(soon(makePool(2).map(f, [0, 1, 2, 3], 1))).rejects.toMatchObject({
        name: 'WorkerLostError',
        exitcode: 7,
      });
      expect(lines(log).sort()).toEqual(['1', '2', '3']);
      expect(recorded('map with dying item').exc?.type).toMatch(/TimeoutError/);
    });

    test('fails its whole chunk, and that only', async () => {
      const f = (i: number): number => (i === 1 ? process.exit(7) : i);
      const items = await soon(drain(makePool(1).imap(f, [0, 1, 2, 3, 4, 5], 2), ({ name }) => name));
      expect(items).toEqual(['WorkerLostError', 2, 3, 4, 5, STOP, STOP]);
    });

    test.each(['imap', 'imap_unordered'] as const)('%s gives the survivors', async (method) => {
      const f = (i: number): number => (i === 0 ? process.exit(7) : i);
      const items = await soon(drain(makePool(2)[method](f, [0, 1, 2]), ({ name }) => name));
      expect(items.map(String).sort()).toEqual(['1', '2', STOP, STOP, 'WorkerLostError']);
    });

    test('is told to the error_callback', async () => {
      const errors: unknown[] = [];
      await soon(
        makePool(1)
          .apply_async(exit, [3], { error_callback: (error) => errors.push(error) })
          .wait(),
      );
      expect(errors).toEqual([expect.any(WorkerLostError)]);
    });

    describe('while it is idle', () => {
      const recorded = oracle('p35_kill_idle_worker');
      const kinds = [1, 3].flatMap((size) =>
        // Idle threads can only end by themselves.
        (hasSignals ? (['SIGKILL', 'SIGTERM', 'SIGINT'] as const) : (['exit'] as const)).map(
          (how) => [how, size] as const,
        ),
      );

      test.each(kinds)(
        'costs nothing: %s, all workers of Pool(%i) (H2: CPython deadlocks)',
        async (how, size) => {
          const pool = makePool(size);
          const workers = new Set<string>();
          while (workers.size < size)
            for (const each of await pool.map(worker, Array.from({ length: 20 }), 1)) workers.add(each);
          if (how === 'exit') {
            const endSoon = (): string => {
              setImmediate(() => process.exit(0));
              return worker();
            };
            const ending = new Set<string>();
            while (ending.size < size) {
              const name = await pool.apply(endSoon).catch(() => null);
              if (name !== null) ending.add(name);
            }
          } else {
            for (const each of workers) process.kill(pidOf(each), how);
          }
          expect(await soon(pool.apply(g, [1]))).toBe(1);
          expect(await soon(pool.map(g, [1, 2, 3]))).toEqual([1, 2, 3]);
          await until(() => [...workers].every((each) => !isAlive(each)));
          await soon(pool.terminate(), 'terminate');
          if (how === 'exit') return;
          expect(
            (recorded(`${how} all idle workers of Pool(${size})`).ok as { respawned: boolean }).respawned,
          ).toBe(true);
        },
      );
    });

    test('while it starts is started again', async () => {
      const log = path('log');
      const dies = (file: string, bySignal: boolean): void => {
        appendFileSync(file, 'x\n');
        if (lines(file).length > 1) return;
        if (bySignal) process.kill(process.pid, 'SIGKILL');
        process.exit(1);
      };
      const pool = makePool(2, dies, [log, hasSignals]);
      expect(await soon(pool.map(g, [1, 2, 3, 4], 1))).toEqual([1, 2, 3, 4]);
    });

    test('again and again does not stop the pool', async () => {
      const pool = makePool(2);
      const f = (i: number): number => (i % 3 === 0 ? process.exit(1) : i);
      const results = Array.from({ length: 24 }, (_, i) => pool.apply_async(f, [i]));
      const settled = await soon(Promise.allSettled(results.map((result) => result.get())), 'all');
      expect(settled.map(({ status }) => status === 'rejected')).toEqual(settled.map((_, i) => i % 3 === 0));
    });

    test('after close is replaced while there is work', async () => {
      const pool = makePool(1);
      const results = [pool.apply_async(exit, [1]), pool.apply_async(g, [2])];
      pool.close();
      await soon(pool.join(), 'join');
      expect(
        (await Promise.allSettled(results.map((result) => result.get()))).map(({ status }) => status),
      ).toEqual(['rejected', 'fulfilled']);
    });
  },
  BOTH,
);
