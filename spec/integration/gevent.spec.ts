import { killAll, run } from '../support/processes';

/** What coroutines do to their process. */
afterEach(killAll);

const gevent = (name: string) => run('gevent.cjs', { args: [name] });

test('a greenlet that fails unobserved is reported, and no unhandled rejection', async () => {
  const { code, stderr } = await gevent('unobserved');
  expect(code).toBe(0);
  const reports = [...stderr.matchAll(/^RangeError: (.*)$|^.*Z (<.*>) failed with (\w+)$/gm)];
  expect(reports.map((each) => each[1] ?? `${each[2]?.replace(/0x\w+/, '0x')} ${each[3]}`).sort()).toEqual([
    "<Greenlet at 0x: fail('alone')> RangeError",
    "<Greenlet at 0x: fail('in a map')> RangeError",
    "<Greenlet at 0x: fail('in a pool')> RangeError",
    'alone',
    'in a map',
    'in a pool',
  ]);
  expect(stderr).not.toContain('Unhandled');
});

test('waits that nobody awaits end silently with their greenlets', async () => {
  const { code, stderr } = await gevent('floating');
  expect(code).toBe(0);
  expect(stderr.match(/ failed with /g)).toHaveLength(1);
  expect(stderr).toContain("fail('meanwhile')> failed with RangeError");
});

test('greenlets that were killed hold nothing open', async () => {
  expect(await gevent('killed')).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' });
});

test('the process stays as long as a coroutine waits for something', async () => {
  const { code, stdout, stderr } = await gevent('pending');
  expect([code, stdout.split('\n').sort(), stderr]).toEqual([0, ['', 'done', 'later'], '']);
});

test('what can never come does not hold the process', async () => {
  expect(await gevent('never')).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test('ES modules import it by name', async () => {
  expect(await run('gevent.mjs')).toMatchObject({ code: 0, stdout: 'true true [ 1, 4, 9 ]\n', stderr: '' });
});
