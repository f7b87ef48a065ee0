import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  alive,
  inDirectory,
  killAll,
  start,
  testOnLinux,
  until,
  type Ended,
  type Program,
} from '../support/processes';

/** Programs with processes of their own: who is awaited, who ends with whom, and what is printed. */
afterEach(killAll);

type Method = 'spawn' | 'thread';

interface Run extends Ended {
  /** What the program and its processes wrote. */
  readonly said: string[];
}

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];

const gone = (program: Program): Promise<void> =>
  until(() => program.descendants().length === 0, 'no process is left');

/** Runs a program to its end, after which nobody may be left. */
async function run(kind: string, method: Method = 'spawn'): Promise<Run> {
  return inDirectory(async (directory) => {
    const file = join(directory, 'said');
    const program = start('processes.cjs', { args: [kind, file, method] });
    const ended = await program.ended;
    await gone(program);
    return { ...ended, said: linesOf(file) };
  });
}

const METHODS: Method[] = ['spawn', 'thread'];

describe.each(METHODS)('a program does not end before its processes (%s)', (method) => {
  test('even if it joins none', async () => {
    const { code, stderr, said } = await run('not joined', method);
    expect({ code, stderr, said }).toEqual({ code: 0, stderr: '', said: ['child', 'parent'] });
  });

  test('and join() returns when they have ended', async () => {
    const { code, said } = await run('a joined process', method);
    expect({ code, said }).toEqual({ code: 0, said: ['child', 'joined'] });
  });

  test('but terminates daemons, at once', async () => {
    const { code, stderr, said } = await run('a daemon alone', method);
    expect({ code, stderr, said }).toEqual({ code: 0, stderr: '', said: [expect.any(String), 'parent'] });
  });

  test('daemons are terminated before others are awaited', async () => {
    const { code, said } = await run('a daemon and another', method);
    expect({ code, said: said.slice(1) }).toEqual({ code: 0, said: ['daemon -15', 'other', 'parent'] });
  });

  testOnLinux('nor does a child of it', async () => {
    const { code, said } = await run('nested', method);
    expect({ code, said: said.filter((line) => !/^\d+$/.test(line)) }).toEqual({
      code: 0,
      said: ['child', 'grandchild', 'joined 0'],
    });
  });
});

testOnLinux('a process has its arguments while the event loop of its parent is blocked', async () => {
  const { code, said } = await run('a blocked event loop');
  expect({ code, said }).toEqual({ code: 0, said: ['4000000', 'parent'] });
});

describe('process.exit() and uncaught errors', () => {
  testOnLinux('await processes too, as sys.exit() does', async () => {
    const { code, stderr, said } = await run('process.exit');
    expect({ code, stderr, said }).toEqual({ code: 5, stderr: '', said: ['started', 'child', 'parent'] });
  });

  testOnLinux('await one whose arguments are long, too', async () => {
    const { code, stdout, stderr } = await run('process.exit with long arguments');
    expect({ code, stdout, stderr }).toEqual({ code: 6, stdout: '4000000\n', stderr: '' });
  });

  testOnLinux('kill it where no file can be made for them, and say so', async () => {
    const model = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const flags = [model, '--no-warnings', '--allow-child-process', '--allow-fs-read=*'];
    const program = start('processes.cjs', { flags, args: ['process.exit with long arguments'] });
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain(
      'Process-1: killed, as its arguments have not all been sent when the program ended\n',
    );
  });

  testOnLinux('an uncaught error is told first', async () => {
    const { code, stderr, said } = await run('an uncaught error');
    expect({ code, said }).toEqual({ code: 1, said: ['started', 'child', 'parent'] });
    expect(stderr).toContain('Error: the user did it\n');
  });

  testOnLinux('terminate daemons, which may say goodbye', async () => {
    const { code, stderr, said } = await run('process.exit with daemons');
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(said.filter((line) => !/^\d+$/.test(line))).toEqual(['ready', 'SIGTERM']);
  });

  test('end threads, daemons or not, as node does', async () => {
    const { code, stderr, said } = await run('process.exit', 'thread');
    expect({ code, stderr, said }).toEqual({ code: 5, stderr: '', said: ['started', 'parent'] });
  });

  testOnLinux.each(['a deaf daemon', 'a deaf daemon at process.exit'])(
    'kill what does not hear SIGTERM: %s',
    async (kind) => {
      const { code, stderr, said } = await run(kind);
      expect({ stderr, said }).toEqual({ stderr: '', said: ['ready', 'not now'] });
      expect(code).toBe(kind.endsWith('exit') ? 4 : 0);
    },
  );
});

describe('when the parent is killed', () => {
  testOnLinux.each(['SIGKILL', 'SIGTERM', 'SIGABRT'] as const)(
    'by %s: daemons end, others go on and know that they are alone',
    async (signal) => {
      await inDirectory(async (directory) => {
        const file = join(directory, 'said');
        const program = start('processes.cjs', { args: ['killed', file] });
        await program.printed('ready');
        // What node's own `ended` waits for is that nobody holds the program's stdout any more.
        program.kill(signal);
        const [one, two] = linesOf(file).map(Number) as [number, number];
        await until(() => !alive(one) || !alive(two), 'the daemon ends');
        await until(() => !alive(program.pid), 'the program ends');
        const survivors = program.descendants();
        expect(survivors).toHaveLength(1);
        appendFileSync(`${file}.gate`, '');
        await gone(program);
        expect(linesOf(file).at(-1)).toBe('survivor false');
        await program.ended;
      });
    },
  );

  testOnLinux('Ctrl-C ends them all', async () => {
    await inDirectory(async (directory) => {
      const program = start('processes.cjs', { args: ['killed', join(directory, 'said')] });
      await program.printed('ready');
      program.killGroup('SIGINT');
      expect(await program.ended).toMatchObject({ signal: 'SIGINT', stderr: '' });
      await gone(program);
    });
  });
});

describe.each(METHODS)('what a process prints (%s)', (method) => {
  test('is out before it ends', async () => {
    const { code, stdout, stderr } = await run('output', method);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'stderr\n' });
    expect(stdout).toBe(`${'x'.repeat(200_000)}\nlog\nparent\n`);
  });

  test('its standard input is empty', async () => {
    const { code, stdout } = await run('input', method);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'read 0\n' });
  });

  test('its errors are told under its name, with their stack and cause', async () => {
    const { stdout, stderr } = await run('errors', method);
    expect(stdout.trim().split('\n')).toEqual([
      'at-once 1',
      'rejected 1',
      'in-a-timer 1',
      'not-an-error 1',
      'nobody-waits-for-it 1',
      'message 1',
    ]);
    const [before, ...parts] = stderr.split(/^Process /m);
    expect(before).toBe('');
    expect(parts.map((part) => part.slice(0, part.indexOf(':')))).toEqual([
      'at-once',
      'rejected',
      'in-a-timer',
      'not-an-error',
      'nobody-waits-for-it',
    ]);
    const [atOnce = '', rejected = '', timer = '', odd = '', abandoned = ''] = parts;
    for (const part of [atOnce, rejected, timer]) {
      expect(part).toMatch(/^TypeError: at once\n {4}at (?:Timeout\.)?fail .*\(.*processes\.cjs:\d+:\d+\)/m);
      expect(part).toMatch(
        /\[cause\]: RangeError: the cause\n {6}at (?:Timeout\.)?fail .*\(.*processes\.cjs:\d+:\d+\)/m,
      );
    }
    // Not how it came to run: that is this package's affair.
    expect(atOnce).not.toMatch(/workers|node:/);
    expect(odd).toBe("not-an-error:\n'text'\n");
    expect(abandoned).toContain('Error: abandoned\n');
    expect(parts.at(-1)).toMatch(/\nthe last words\n$/);
  });
});

test('what happens is logged in the words of Python', async () => {
  const { stderr } = await run('log');
  const lines = stderr.trim().split('\n');
  const left = '[INFO/left] ';
  // When it begins is its own affair.
  expect(lines.filter((line) => !line.startsWith(left))).toEqual([
    '[INFO/logged] child process calling self.run()',
    '[INFO/logged] process exiting with exitcode 0',
    '[INFO/MainProcess] process shutting down',
    '[INFO/MainProcess] calling join() for process left',
  ]);
  expect(lines.filter((line) => line.startsWith(left))).toEqual([
    `${left}child process calling self.run()`,
    `${left}process exiting with exitcode 0`,
  ]);
});
