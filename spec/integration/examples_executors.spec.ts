import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../examples/support/http_server';
import {
  FOLDERS,
  masked,
  runExample,
  runOriginal,
  runOriginalClient,
  type Printed,
} from '../support/examples';
import { testWithPython } from '../support/python';

/**
 * The scripts of executors, each beside its original. Most of them do nothing but sleep: they are started all at once,
 * and sleep together.
 */
const sleepers = [
  '000a_process_pool_submit',
  '000b_submit_result',
  '000c_done_callback',
  '000d_http_get_callback',
  '003a_thread_pool_callback',
  '004a_thread_pool_timing',
  '004b_process_pool_timing',
];

interface Pair {
  readonly ours: Printed;
  readonly theirs: Printed;
}

let cwd = '';
let server: Awaited<ReturnType<typeof serve>>;
const started = new Map<string, Promise<Pair>>();
const originals = new Map<string, Promise<Printed>>();

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
  server = await serve();
  for (const name of sleepers) for (const folder of FOLDERS) void start(folder, name);
});

afterAll(async () => {
  await Promise.allSettled(started.values());
  server.close();
  rmSync(cwd, { recursive: true });
});

function start(folder: string, name: string): Promise<Pair> {
  const pair = Promise.all([runExample(cwd, folder + name), startOriginal(name)]).then(([ours, theirs]) => ({
    ours,
    theirs,
  }));
  // Whoever compares them hears of it.
  pair.catch(() => undefined);
  started.set(folder + name, pair);
  return pair;
}

/** Once for both folders. */
function startOriginal(name: string): Promise<Printed> {
  let theirs = originals.get(name);
  if (theirs === undefined) {
    theirs = name.includes('http') ? runOriginalClient(cwd, name, server.port) : runOriginal(cwd, name);
    originals.set(name, theirs);
  }
  return theirs;
}

/** Its last line says how many seconds it took. */
const seconds = ({ stdout }: Printed): number => Number(stdout.at(-1)?.replace('用时：', ''));

describe.each(FOLDERS)('a ported script of an executor (%s) prints what its original prints', (folder) => {
  /** What a script and its original have printed, once both are through. */
  const both = (name: string): Promise<Pair> => started.get(folder + name) ?? start(folder, name);

  testWithPython('001h_thread_pool_http: as completed in any order, mapped in order', async () => {
    const { ours, theirs } = await both('001h_thread_pool_http');
    expect(masked(ours.stdout.slice(12))).toEqual(masked(theirs.stdout.slice(12)));
    expect(ours.stdout.slice(0, 12).sort()).toEqual(theirs.stdout.slice(0, 12).sort());
    expect(ours.stderr).toEqual(['']);
  });

  testWithPython('001i_process_pool_as_completed: mapped in order, as completed in any order', async () => {
    const { ours, theirs } = await both('001i_process_pool_as_completed');
    expect(ours.stdout.slice(0, 20)).toEqual(theirs.stdout.slice(0, 20));
    expect(ours.stdout.slice(20).sort()).toEqual(theirs.stdout.slice(20).sort());
    expect(ours.stderr).toEqual(['']);
  });

  describe('001j_future_exception_callback', () => {
    testWithPython('in any order', async () => {
      const { ours, theirs } = await both('001j_future_exception_callback');
      expect(ours.stdout.toSorted()).toEqual(theirs.stdout.toSorted());
    });

    testWithPython('a callback that throws is logged, with what it threw', async () => {
      const { ours, theirs } = await both('001j_future_exception_callback');
      const logged = ({ stderr }: Printed) => masked(stderr).filter((line) => line.startsWith('exception'));
      expect(logged(theirs)).toHaveLength(10);
      expect(logged(ours)).toEqual(logged(theirs));
      const thrown = ours.stderr.filter((_, i) => ours.stderr[i - 1]?.startsWith('exception'));
      expect(new Set(thrown)).toEqual(new Set(['ZeroDivisionError: division by zero']));
      expect(theirs.stderr).toContain('ZeroDivisionError: division by zero');
    });
  });

  testWithPython('000b_submit_result, line by line', async () => {
    const { ours, theirs } = await both('000b_submit_result');
    const anySize = ({ stdout }: Printed) => stdout.map((line) => line.replace(/#{4,6}$/, '#'));
    expect(anySize(ours)).toEqual(anySize(theirs));
    expect(ours.stderr).toEqual(['']);
  });

  testWithPython.each(sleepers)('%s, in any order', async (name) => {
    const { ours, theirs } = await both(name);
    const comparable = ({ stdout }: Printed) =>
      masked(stdout)
        .map((line) => line.replace(/#{4,6}$/, '#').replace(/^(\d) \d+$/, '$1 PID'))
        .sort();
    expect(comparable(ours)).toEqual(comparable(theirs));
    expect(ours.stderr).toEqual(['']);
  });

  testWithPython.each([
    // The last task ends after four seconds, then its callback takes one: the others are through by then.
    ['004a_thread_pool_timing', 5],
    // All tasks end after five seconds, then one callback waits for the other.
    ['004b_process_pool_timing', 9],
  ])('%s: shutdown waits for the tasks and the callbacks, %d seconds', async (name, least) => {
    const { ours, theirs } = await both(name);
    expect(seconds(theirs)).toBeGreaterThanOrEqual(least);
    expect(seconds(ours)).toBeGreaterThanOrEqual(least);
  });
});
