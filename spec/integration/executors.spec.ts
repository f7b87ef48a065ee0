import { killAll, run, testOnLinux, type Ended } from '../support/processes';

afterEach(killAll);

describe.each(['ProcessPoolExecutor', 'ThreadPoolExecutor'])('a program with a %s', (name) => {
  const program = (kind: string): Promise<Ended> =>
    run('executors.cjs', { flags: ['--expose-gc', '--trace-warnings'], args: [kind, name] });

  async function measure<T>(kind: string): Promise<T> {
    const { code, stdout, stderr } = await program(kind);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as T;
  }

  // CPython's test_interpreter_shutdown and test_hang_gh83386.
  test.each([
    ['that ends with work pending does it first', 'pending', 'apple\n'],
    ['that ends with a map nobody reads does it first', 'pending_map', 'apple\napple\napple\n'],
    ['that ends after shutdown(false) does its work first', 'shut_down', 'apple\n'],
    ['ends although the executor lives', 'idle', '1\n'],
    ['ends although the executor was never used', 'unused', 'unused\n'],
    ['is not held up, nor harmed, by results that nobody reads', 'unread', 'unread\n'],
    ['is not harmed by deaths that nobody hears of', 'broken', 'unheard\n'],
  ])('%s', async (_sentence, kind, stdout) => {
    expect(await program(kind)).toMatchObject({ code: 0, signal: null, stdout, stderr: '' });
  });

  // CPython's test_cancel_futures_wait_false: whether the call had begun is chance there.
  test('that ends after shutdown(false, cancel_futures) has nothing to wait for', async () => {
    expect(await program('cancelled')).toMatchObject({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  test('whose initializer throws tells so once on stderr', async () => {
    const { stdout, stderr } = await program('initializer');
    const Broken = name === 'ProcessPoolExecutor' ? 'BrokenProcessPool' : 'BrokenThreadPool';
    expect(stdout).toBe(`${Broken} RangeError: init\n`);
    expect(stderr).toMatch(/^Exception in initializer:\nRangeError: init\n {4}at [^]*executors\.cjs/);
    expect(stderr.split('Exception in initializer')).toHaveLength(2);
  });

  testOnLinux('that drops it ends its workers', async () => {
    expect(await program('dropped')).toMatchObject({ code: 0, stdout: '1\nno workers\n', stderr: '' });
  });

  test.each([
    ['while its futures are pending', 'dropped_pending', '[ 100, 200, 300 ]\n'],
    ['while a map of it is read', 'dropped_map', '[ 1, 2, 3, 4 ]\n'],
    ['and keeps what with_options gave', 'dropped_submitter', '1\n'],
  ])('that drops it %s loses nothing', async (_when, kind, stdout) => {
    expect(await program(kind)).toMatchObject({ code: 0, stdout, stderr: '' });
  });

  interface Measured {
    readonly before: { readonly files: string[]; readonly children: number };
    readonly after: { readonly files: string[]; readonly children: number };
    readonly grown: number;
  }

  testOnLinux.each([
    ['executors', 'executors that were shut down'],
    ['deaths', 'executors whose workers died'],
  ])('is left with no descriptors, handles, files, children, threads or listeners by %s', async (kind) => {
    const { before, after, grown } = await measure<Measured>(kind);
    expect(after).toEqual(before);
    expect(after).toMatchObject({ files: [], children: 0 });
    expect(grown).toBeLessThan(5);
  });

  test('is left with no listener on a signal that lives long', async () => {
    const { grown, listeners } = await measure<{ grown: number; listeners: number }>('signals');
    expect(listeners).toBe(0);
    expect(grown).toBeLessThan(5);
  });

  test('may let go of results when it has read them', async () => {
    expect(await program('results')).toMatchObject({ code: 0, stdout: 'collected false\n', stderr: '' });
  });
});
