import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inDirectory, killAll, start, until } from '../support/processes';

/** Programs with processes and without an `await`: the event loop does not turn until all is done. */
afterEach(killAll);

interface Ran {
  readonly code: number | null;
  readonly stderr: string;
  /** What it has printed: values where they are such. */
  readonly printed: unknown[];
  /** What was written to its file, by whomever. */
  readonly said: string[];
}

const valueOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
};

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Runs a program to its end, after which nobody may be left. */
const run = (name: string, method: string): Promise<Ran> =>
  inDirectory(async (directory) => {
    const file = join(directory, 'said');
    const program = start('blocking_processes.cjs', { args: [name, method, file] });
    const { code, stdout, stderr } = await program.ended;
    await until(() => program.descendants().length === 0, 'no process is left');
    const said = existsSync(file) ? linesOf(readFileSync(file, 'utf8')) : [];
    return { code, stderr, printed: linesOf(stdout).map(valueOf), said };
  });

const outputOf = async (name: string, method: string): Promise<unknown[]> => {
  const { code, stderr, printed } = await run(name, method);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return printed;
};

describe.each(['spawn', 'thread'])('a program that blocks (%s)', (method) => {
  test('joins a process', async () => {
    expect(await outputOf('join', method)).toEqual([
      [false, null, null],
      [true, null, 1],
      'child',
      [false, 0, 0, false],
      ['ValueError', 'can only join a started process'],
    ]);
  });

  test('hears how it has ended', async () => {
    expect(await outputOf('exitcodes', method)).toEqual([[0, 3, 1, 1, 7, 5, 4, 6], [false]]);
  });

  test('waits no longer than it said', async () => {
    expect(await outputOf('timeouts', method)).toEqual([
      [true, null, true],
      ['TypeError', true],
      [-15, false],
    ]);
  });

  test('has subclasses, whose objects are of them on the other side', async () => {
    expect(await outputOf('subclass', method)).toEqual([
      'doubler true MainProcess',
      'undefined',
      '0 true',
      [42, true, false],
    ]);
  });

  test('knows its children', async () => {
    expect(await outputOf('children', method)).toEqual([
      [3, true],
      [[-15, -15, -15], 0],
    ]);
  });

  test('may be a child itself', async () => {
    expect(await outputOf('nested', method)).toEqual([
      '2 SpawnProcess-1 true',
      expect.stringMatching(/^1 SpawnProcess-1:\d true$/),
      expect.stringMatching(/^0 SpawnProcess-1:\d:\d true$/),
      [2, false],
    ]);
  });

  test('and a daemon may have no children', async () => {
    expect(await outputOf('daemon', method)).toEqual([
      'daemonic processes are not allowed to have children',
      [0],
    ]);
  });

  test('does not end before its processes, but ends its daemons', async () => {
    const { code, stderr, said } = await run('ends', method);
    expect({ code, stderr, said }).toEqual({
      code: 0,
      stderr: '',
      said: ['end of script', 'child', 'parent'],
    });
  });

  test('gets results, and runs callbacks, while it joins and sleeps', async () => {
    expect(await outputOf('flowing', method)).toEqual([[[2, 3, true], false], [[2, 3, true, null, 2]]]);
  });

  test('may have pools in its processes, and threads in those', async () => {
    expect(await outputOf('inside', method)).toEqual([
      [
        [2, 3],
        [2, 4, 6],
      ],
      [9],
      [0],
    ]);
  });

  test('may be a worker of a pool', async () => {
    const [[code, other]] = (await outputOf('worker', method)) as [[number, object]];
    expect(code).toBe(8);
    expect(other).toEqual(
      method === 'thread'
        ? { value: 8 }
        : { name: 'AssertionError', message: 'daemonic processes are not allowed to have children' },
    );
  });

  test('may have processes of both facades', async () => {
    expect(await outputOf('mixed', method)).toEqual([[2], [true], [1, 0]]);
  });
});

test('hears that its child was killed while it was joined', async () => {
  expect(await outputOf('killed', 'spawn')).toEqual([[-9, false, false]]);
});

test('Ctrl-C ends a join and a sleep, or runs the handlers there are', async () => {
  expect(await outputOf('interrupted', 'spawn')).toEqual([
    ['KeyboardInterrupt', true],
    ['handler'],
    [-9],
    ['KeyboardInterrupt'],
  ]);
});

test('a KeyboardInterrupt that nobody catches ends the program, after its processes', async () => {
  const { code, stderr, said } = await run('uncaught', 'spawn');
  expect({ code, said }).toEqual({ code: 1, said: ['child', 'parent'] });
  expect(stderr).toContain('KeyboardInterrupt');
});

test('process.exit() awaits its processes, and ends its daemons', async () => {
  const { code, stderr, said } = await run('exits', 'spawn');
  expect({ code, stderr, said }).toEqual({ code: 5, stderr: '', said: ['child', 'parent'] });
});

test('a process can wait for the end of its parent', async () => {
  const { said } = await run('parent', 'spawn');
  expect(said).toEqual(['true,,true', 'false']);
});

test('sleep blocks for so many seconds, and refuses what Python refuses', async () => {
  expect(await outputOf('sleeps', 'spawn')).toEqual([
    [true, false],
    [{ name: 'ValueError', message: 'sleep length must be non-negative' }, 'TypeError'],
  ]);
});

test('len and del ask proxies, and else know maps, arrays and objects', async () => {
  const [good, bad] = await outputOf('items', 'spawn');
  expect(good).toEqual([0, [2, 'key'], { b: 2 }, 7, 1]);
  expect(bad).toEqual([
    { name: 'KeyError', message: "'a'" },
    { name: 'IndexError', message: 'list assignment index out of range' },
    { name: 'TypeError', message: 'list indices must be integers or slices, not str' },
    { name: 'KeyError', message: "'a'" },
    { name: 'TypeError', message: "'str' object doesn't support item deletion" },
    { name: 'TypeError', message: "'int' object doesn't support item deletion" },
    { name: 'TypeError', message: "'NoneType' object doesn't support item deletion" },
    { name: 'TypeError', message: "object of type 'int' has no len()" },
  ]);
});
