import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inDirectory, killAll, run, start, testOnLinux, until, type Program } from '../support/processes';

/** The ends of processes: who keeps whom alive, and who ends with whom. */
afterEach(killAll);

const read = (file: string): string[] => {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};

const KINDS = ['idle', 'awaiting', 'looping', 'sleeping'];

/** A program with two workers that are all busy in this way. */
async function busy<T>(kind: string, body: (program: Program, workers: number[]) => Promise<T>): Promise<T> {
  return inDirectory(async (directory) => {
    const file = join(directory, 'pids');
    const program = start('busy.cjs', { args: [kind, file] });
    await program.printed('ready');
    return body(program, read(file).map(Number));
  });
}

const gone = (program: Program): Promise<void> =>
  until(() => program.descendants().length === 0, 'no worker is left');

describe('when the parent is ended from outside', () => {
  testOnLinux.each(KINDS)('Ctrl-C ends all, with nothing on stderr: %s workers', async (kind) => {
    await busy(kind, async (program) => {
      program.killGroup('SIGINT');
      expect(await program.ended).toMatchObject({ code: null, signal: 'SIGINT', stderr: '' });
      await gone(program);
    });
  });

  testOnLinux.each(KINDS)('its SIGKILL leaves nobody behind: %s workers', async (kind) => {
    await busy(kind, async (program) => {
      expect(program.descendants().length).toBeGreaterThanOrEqual(2);
      program.kill('SIGKILL');
      expect(await program.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });
      await gone(program);
    });
  });

  testOnLinux.each(KINDS)('its SIGTERM leaves nobody behind: %s workers', async (kind) => {
    await busy(kind, async (program) => {
      program.kill('SIGTERM');
      expect(await program.ended).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
      await gone(program);
    });
  });

  testOnLinux('its abort leaves nobody behind', async () => {
    await busy('looping', async (program) => {
      program.kill('SIGABRT');
      expect(await program.ended).toMatchObject({ signal: 'SIGABRT' });
      await gone(program);
    });
  });

  testOnLinux('a handler of SIGINT may terminate the pool and go on', async () => {
    const program = start('graceful.cjs');
    await program.printed('ready');
    program.killGroup('SIGINT');
    const { code, signal, stdout, stderr } = await program.ended;
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    expect(stdout.trim().split('\n').sort()).toEqual(['goodbye', 'ready', 'true']);
    await gone(program);
  });
});

describe('the process ends', () => {
  test('with an idle pool that was used', async () => {
    expect(await run('idle.cjs')).toEqual({ code: 0, signal: null, stdout: '1 4 9\n', stderr: '' });
  });

  test('with a pool that was never used', async () => {
    expect(await run('unused.cjs')).toEqual({
      code: 0,
      signal: null,
      stdout: 'end of script\n',
      stderr: '',
    });
  });

  test('with a bounded imap that nobody reads', async () => {
    expect(await run('unread.cjs')).toEqual({ code: 0, signal: null, stdout: 'exit\n', stderr: '' });
  });

  test('with a bounded imap that nobody reads any further', async () => {
    expect(await run('unread.cjs', { args: ['read'] })).toEqual({
      code: 0,
      signal: null,
      stdout: 'first 0\nexit\n',
      stderr: '',
    });
  });

  test('after a block that disposes of its pool', async () => {
    expect(await run('with_block.mjs')).toEqual({
      code: 0,
      signal: null,
      stdout: '[ 2, 3, 4 ]\nTerminatedError\nafter\n',
      stderr: '',
    });
  });
});

describe('work that nobody awaits is done before the process ends', () => {
  const ten = Array.from({ length: 10 }, (_, i) => String(i));
  test.each([
    ['apply_async', ten],
    ['map_async', ten],
    ['imap', ten],
    ['imap_unordered', ten],
    ['closed', ten],
    ['join', [...ten, 'joined']],
    ['callback', [...ten, 'callback 10']],
    ['async callback', ['1', 'callback']],
  ])('%s', async (kind, expected) => {
    await inDirectory(async (directory) => {
      const file = join(directory, 'done');
      expect(await run('pending.cjs', { args: [kind, file] })).toEqual({
        code: 0,
        signal: null,
        stdout: '',
        stderr: '',
      });
      expect(read(file).sort()).toEqual([...expected].sort());
    });
  });
});

describe('the exit code is the one of the user', () => {
  const program = async (kind: string) => {
    const program = start('exit_codes.cjs', { args: [kind] });
    const ended = await program.ended;
    await gone(program);
    return ended;
  };

  testOnLinux('process.exit(n) while workers are in endless loops', async () => {
    expect(await program('process.exit(3)')).toEqual({ code: 3, signal: null, stdout: '', stderr: '' });
  });

  testOnLinux('process.exitCode', async () => {
    expect(await program('process.exitCode = 4')).toEqual({ code: 4, signal: null, stdout: '', stderr: '' });
  });

  testOnLinux("handlers of 'exit' see it", async () => {
    expect(await program('exit handler')).toEqual({ code: 6, signal: null, stdout: 'exit 6\n', stderr: '' });
  });

  testOnLinux('an uncaught error is 1, and told as ever', async () => {
    const { code, stderr } = await program('uncaught error');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Error: the user did it\n/);
  });

  testOnLinux('a rejected result that nobody catches is 1, and tells where it was thrown', async () => {
    const { code, stderr } = await program('rejected result');
    expect(code).toBe(1);
    expect(stderr).toContain('TypeError: in a task');
    expect(stderr).toContain('exit_codes.cjs');
  });
});

describe('a pool that nobody holds any more', () => {
  const program = async (kind: string) => run('dropped.cjs', { flags: ['--expose-gc'], args: [kind] });

  testOnLinux('ends its workers', async () => {
    expect(await program('idle')).toEqual({ code: 0, signal: null, stdout: 'no children\n', stderr: '' });
  });

  testOnLinux.each([
    ['get', '[ 2, 4, 6 ]\n'],
    ['map', '[ 2, 4, 6 ]\n'],
    ['callback', '[ 2, 4, 6 ]\n'],
    ['imap', '[ 2, 4, 6 ]\n'],
    ['bounded imap', '[ 2, 4, 6, 8, 10, 12 ]\n'],
    ['async map', '[ 2, 4, 6 ]\n'],
  ])('does first what is pending: %s', async (kind, stdout) => {
    expect(await program(kind)).toEqual({ code: 0, signal: null, stdout, stderr: '' });
  });
});
