import { killAll, run, testOnLinux } from '../support/processes';

/** What is left when all is done: nothing. Memory is measured after a collection, with room for the engine's moods. */
afterEach(killAll);

interface State {
  readonly fds: number;
  readonly handles: Record<string, number>;
  readonly files: readonly string[];
  readonly children: number;
  readonly listeners: readonly (readonly [string, number])[];
}

async function measure<T>(kind: string): Promise<T> {
  const { code, stdout, stderr } = await run('leaks.cjs', {
    flags: ['--expose-gc', '--trace-warnings'],
    args: [kind],
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

testOnLinux('20 pools leave no descriptors, handles, files, children or listeners', async () => {
  const { before, after, grown } = await measure<{ before: State; after: State; grown: number }>('pools');
  expect(after).toEqual(before);
  expect(after.files).toEqual([]);
  expect(after.children).toBe(0);
  expect(grown).toBeLessThan(2);
});

testOnLinux('20 deaths leave no descriptors, handles, files or children', async () => {
  const { before, after, grown } = await measure<{ before: State; after: State; grown: number }>('deaths');
  expect(after).toEqual(before);
  expect(grown).toBeLessThan(2);
});

test('5,000 short-lived closures grow neither the worker nor the parent', async () => {
  const { worker, parent } = await measure<{ worker: number; parent: number }>('closures');
  expect({ worker: worker < 5, parent: parent < 5, is: [worker, parent] }).toMatchObject({
    worker: true,
    parent: true,
  });
});

test('50,000 calls of all kinds do not grow the parent', async () => {
  expect((await measure<{ parent: number }>('calls')).parent).toBeLessThan(10);
});

test('100,000 imaps with a bound do not grow the parent', async () => {
  expect((await measure<{ parent: number }>('imaps')).parent).toBeLessThan(3);
});

test('50,000 calls that are cancelled behind a long one do not grow the parent', async () => {
  expect((await measure<{ parent: number }>('cancelled')).parent).toBeLessThan(5);
});

testOnLinux('a pool that cannot tell its workers who they are leaves none', async () => {
  expect(await measure('untold')).toEqual({ error: 'TypeError', children: 0 });
});

testOnLinux('a thread that is ended leaves no descriptors of the pools that it had', async () => {
  const { before, after } = await measure<{ before: number; after: number }>('thread_files');
  expect(after).toBe(before);
});

test('large arguments and results are let go', async () => {
  const { parent, worker } = await measure<{ parent: number; worker: number }>('retained');
  expect(parent).toBeLessThan(20);
  expect(worker).toBeLessThan(20);
});

test('one signal for hundreds of calls, many pools at once: no warning of listeners', async () => {
  const { code, stdout, stderr } = await run('leaks.cjs', { flags: ['--expose-gc'], args: ['listeners'] });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'done\n', stderr: '' });
});
