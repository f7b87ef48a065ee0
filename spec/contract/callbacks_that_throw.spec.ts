import { killAll, run } from '../support/processes';
import { oracle } from './support';

/*
 * What is uncaught in a test file is Jest's affair, so these are programs of their own.
 */
afterEach(killAll);

const recorded = oracle('p12_callback_raises');

async function outcome(kind: string): Promise<unknown> {
  const { code, stdout, stderr } = await run('callbacks_throw.cjs', { args: [kind] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

test.each([
  ['callback', 1, 'cb boom', 'H4'],
  ['callback raising KeyError', 1, 'cb key', 'H5'],
  ['error_callback', 'RangeError', 'cb boom', 'H4'],
  ['map callback', [1, 2], 'cb boom', 'H4'],
] as [string, unknown, string, string][])(
  '%s: its result is %p and ready, %p is reported as uncaught, the pool goes on (%s: CPython hangs)',
  async (kind, get, message) => {
    expect(await outcome(kind)).toEqual({ get, ready: true, next: 2, uncaught: [message] });
    expect((recorded(kind).ok as { ready: boolean }).ready).toBe(false);
  },
);

test('a callback whose promise rejects is reported in the same way', async () => {
  expect(await outcome('async callback')).toEqual({ get: 1, ready: true, next: 2, uncaught: ['cb boom'] });
});

test('so is the error_callback of a task that cannot be sent (H8: CPython cannot even terminate)', async () => {
  expect(await outcome('error_callback of an unsendable task')).toEqual({
    get: 'PicklingError',
    ready: true,
    next: 2,
    uncaught: ['cb boom'],
  });
});

test('a failure that nobody looks at is no unhandled rejection', async () => {
  expect(await outcome('nobody looks')).toEqual({ get: 'RangeError', ready: true, next: 2, uncaught: [] });
});
