import { appendFileSync } from 'node:fs';
import { KeyboardInterrupt, SystemExit, ValueError } from 'multiprocessing-ts/builtins';
import { BOTH, lines, scratch } from '../support';
import { masked, processes, recorded, run } from './support';

const path = scratch();

/** What it prints is not for the eyes of who runs the tests. */
const quiet = (): void => {
  process.stderr.write = () => true;
};

processes(
  'exit codes',
  (Process, method) => {
    test.each<[string, unknown]>([
      ['0', 0],
      ['1', 1],
      ['3', 3],
      ['255', 255],
      ['256', 256],
      ['257', 257],
      ['-1', -1],
      ['None', null],
      ['True', true],
      ['False', false],
      ["'msg'", 'msg'],
      ['[1, 2]', [1, 2]],
      ['1.5', 1.5],
    ])('SystemExit(%s) is what sys.exit is', async (text, code) => {
      const exit = (given: unknown): never => {
        quiet();
        throw new SystemExit(given);
      };
      expect(await run(new Process({ target: exit, args: [code] }))).toBe(recorded(`sys.exit(${text})`).ok);
    });

    test('an error is 1', async () => {
      const fail = (): never => {
        quiet();
        throw new ValueError('x');
      };
      expect(await run(new Process({ target: fail }))).toBe(recorded('exception').ok);
    });

    test('so is one of an async function, and one that is no Error', async () => {
      const reject = async (): Promise<never> => {
        quiet();
        await Promise.resolve();
        throw new ValueError('x');
      };
      expect(await run(new Process({ target: reject }))).toBe(1);
      const odd = (): never => {
        quiet();
        throw 'text';
      };
      expect(await run(new Process({ target: odd }))).toBe(1);
    });

    test('SystemExit of an async function is no error either', async () => {
      const exit = async (): Promise<never> => {
        await Promise.resolve();
        throw new SystemExit(7);
      };
      expect(await run(new Process({ target: exit }))).toBe(7);
    });

    test('KeyboardInterrupt is an error', async () => {
      const interrupt = (): never => {
        quiet();
        throw new KeyboardInterrupt();
      };
      expect(await run(new Process({ target: interrupt }))).toBe(recorded('KeyboardInterrupt').ok);
    });

    test('process.exit(n) is n', async () => {
      const exit = (n: number): void => {
        process.exit(n);
      };
      expect(await run(new Process({ target: exit, args: [7] }))).toBe(recorded('os._exit(7)').ok);
      expect(await run(new Process({ target: exit, args: [256 + 7] }))).toBe(7);
    });

    test('process.exitCode counts', async () => {
      const set = (): void => {
        process.exitCode = 4;
      };
      expect(await run(new Process({ target: set }))).toBe(4);
    });

    test('an async target that waits for what never comes is 13, as for node', async () => {
      const file = path('unsettled');
      const wait = async (to: string): Promise<void> => {
        process.stderr.write = (text: string | Uint8Array): boolean => {
          appendFileSync(to, text);
          return true;
        };
        await new Promise(() => undefined);
      };
      const p = new Process({ target: wait, args: [file] });
      expect(await run(p)).toBe(13);
      expect(lines(file)).toEqual([`Process ${p.name}:`, 'what it waits for will never come']);
      const exit = async (): Promise<void> => {
        setTimeout(() => process.exit(0), 1);
        await new Promise(() => undefined);
      };
      expect(await run(new Process({ target: exit }))).toBe(0);
    });

    test('what the target returns does not', async () => {
      expect(await run(new Process({ target: () => 5 }))).toBe(recorded('return value ignored').ok);
      expect(await run(new Process({ target: async () => Promise.resolve(5) }))).toBe(0);
    });

    test('without a target it is 0', async () => {
      expect(await run(new Process())).toBe(recorded('no target').ok);
    });

    test.each(['terminate', 'kill'] as const)('after %s() it is that of the signal', async (method) => {
      const p = new Process({ target: () => setInterval(() => undefined, 1000) });
      p.start();
      p[method]();
      await p.join();
      const [exitcode, repr] = recorded(method).ok as [number, string];
      expect(p.exitcode).toBe(exitcode);
      expect(masked(String(p))).toMatch(new RegExp(`stopped${repr}$`));
    });

    test('after interrupt() it is -2', async () => {
      const p = new Process({ target: () => setInterval(() => undefined, 1000) });
      p.start();
      p.interrupt();
      await p.join();
      expect([p.exitcode, String(p)]).toEqual([-2, expect.stringMatching(/exitcode=-SIGINT>$/)]);
    });

    test('it is there for good', async () => {
      const p = new Process({ target: () => process.exit(3) });
      expect(await run(p)).toBe(3);
      p.terminate();
      p.kill();
      await p.join();
      expect(p.exitcode).toBe(3);
    });

    if (method === 'spawn') {
      test.each([
        ['SIGTERM', 'SIGTERM self'],
        ['SIGKILL', 'SIGKILL self'],
      ] as const)('that of %s is negative, whoever sent it', async (signal, name) => {
        const suicide = (with_: NodeJS.Signals): void => {
          process.kill(process.pid, with_);
          setInterval(() => undefined, 1000);
        };
        expect(await run(new Process({ target: suicide, args: [signal] }))).toBe(recorded(name).ok);
      });
    }
  },
  BOTH,
);
