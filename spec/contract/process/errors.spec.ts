import { appendFileSync } from 'node:fs';
import { sleep } from 'multiprocessing-ts/builtins';
import { lines, scratch, until } from '../support';
import { processes, run } from './support';

const path = scratch();

/** What it prints goes to a file. */
const into = (file: string): void => {
  process.stderr.write = (text: string | Uint8Array): boolean => {
    appendFileSync(file, text);
    return true;
  };
};

/** The line of this file that an error's stack begins at. */
const lineOf = (stack: string): number => Number(/errors\.spec\.ts:(\d+):\d+/.exec(stack)?.[1]);

processes('what an uncaught error prints', (Process, method) => {
  interface OnlyForTheCompiler {
    readonly line: number;
  }

  test('names the lines of the file that the user wrote', async () => {
    const file = path('stderr');
    const here: OnlyForTheCompiler = { line: lineOf(new Error().stack ?? '') };
    const fail = (to: string): never => {
      into(to);
      throw new TypeError('four lines below', { cause: new Error('the same line') });
    };
    expect(await run(new Process({ target: fail, args: [file], name: 'n' }))).toBe(1);
    const printed = lines(file);
    expect(printed.slice(0, 2)).toEqual(['Process n:', 'TypeError: four lines below']);
    expect(lineOf(printed[2]!)).toBe(here.line + 3);
    const cause = printed.findIndex((line) => line.includes('[cause]: Error: the same line'));
    expect(lineOf(printed[cause + 1]!)).toBe(here.line + 3);
  });

  test('does so in children of children, whose parent has not seen the file', async () => {
    const file = path('stderr');
    const here = lineOf(new Error().stack ?? '');
    const nest = async (to: string): Promise<void> => {
      const p = new Process(null, () => {
        into(to);
        throw new TypeError('five lines below');
      });
      p.start();
      await p.join();
      process.exitCode = p.exitcode ?? 0;
    };
    expect(await run(new Process({ target: nest, args: [file] }))).toBe(1);
    expect(lines(file)[1]).toBe('TypeError: five lines below');
    expect(lineOf(lines(file)[2]!)).toBe(here + 4);
  });

  test('ends with the frames of the user', async () => {
    const file = path('stderr');
    const fail = (to: string): never => {
      into(to);
      throw new TypeError('x');
    };
    await run(new Process({ target: fail, args: [file] }));
    expect(lines(file).filter((line) => /workers|node:/.test(line))).toEqual([]);
  });

  test('is printed all the same while the parent is busy', async () => {
    const file = path('stderr');
    const fail = (to: string): never => {
      into(to);
      throw new TypeError('x');
    };
    const p = new Process({ target: fail, args: [file], name: 'n' });
    p.start();
    // What was written leaves with the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 4500 && lines(file).length === 0; i++) sleep(0.01);
    expect(lines(file).slice(0, 2)).toEqual(['Process n:', 'TypeError: x']);
    await p.join();
  });

  test('names the lines of the user also when the parent has much to compute before it hears of it', async () => {
    const file = path('stderr');
    const here = lineOf(new Error().stack ?? '');
    const fail = (to: string): never => {
      into(to);
      appendFileSync(`${to}.failing`, '!');
      throw new TypeError('five lines below');
    };
    const p = new Process({ target: fail, args: [file] });
    p.start();
    await new Promise((resolve) => setImmediate(resolve));
    // Longer than it waits for one that sleeps.
    let end = Infinity;
    while (performance.now() < end)
      if (end === Infinity && lines(`${file}.failing`).length > 0) end = performance.now() + 1500;
    await p.join();
    expect(lineOf(lines(file)[2]!)).toBe(here + 4);
  });

  // A thread is stopped with its parent.
  if (method === 'spawn')
    test('names the lines of the user also when the parent was stopped', async () => {
      const file = path('stderr');
      const here = lineOf(new Error().stack ?? '');
      const nest = async (to: string): Promise<void> => {
        const p = new Process(null, () => {
          into(to);
          appendFileSync(`${to}.stopped`, String(process.ppid));
          process.kill(process.ppid, 'SIGSTOP');
          throw new TypeError('seven lines below');
        });
        p.start();
        await p.join();
      };
      const p = new Process({ target: nest, args: [file] });
      p.start();
      await until(() => lines(`${file}.stopped`).length > 0);
      // Longer than it waits for one that sleeps.
      setTimeout(() => process.kill(p.pid!, 'SIGCONT'), 1500);
      await p.join();
      expect(lineOf(lines(file)[2]!)).toBe(here + 6);
    });

  test('an error that is frozen, or has no stack, is printed as it is', async () => {
    const file = path('stderr');
    const fail = (to: string): never => {
      into(to);
      throw Object.freeze(new TypeError('frozen'));
    };
    expect(await run(new Process({ target: fail, args: [file] }))).toBe(1);
    expect(lines(file)[1]).toBe('TypeError: frozen');
    const bare = path('bare');
    const failBare = (to: string): never => {
      into(to);
      throw Object.assign(new TypeError('bare'), { stack: undefined });
    };
    expect(await run(new Process({ target: failBare, args: [bare] }))).toBe(1);
    await until(() => lines(bare).length > 0);
    expect(lines(bare).join('\n')).toContain('bare');
  });
});
