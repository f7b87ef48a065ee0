import { writeFileSync, readFileSync } from 'node:fs';
import { current_process, Pool } from 'multiprocessing-ts';
import { excOf, scratch } from '../support';
import { processes, run } from './support';

const path = scratch();
const REFUSED = {
  type: 'TypeError',
  str: 'Pickling an AuthenticationString object is disallowed for security reasons',
};

processes('authkey', (Process) => {
  const tell = (to: string): void => {
    writeFileSync(to, current_process().authkey);
  };

  test('is inherited by children', async () => {
    const file = path('key');
    const p = new Process({ target: tell, args: [file] });
    expect(p.authkey.equals(current_process().authkey)).toBe(true);
    await run(p);
    expect(readFileSync(file).equals(current_process().authkey)).toBe(true);
  });

  test('can be set before', async () => {
    const file = path('other key');
    const p = new Process({ target: tell, args: [file] });
    p.authkey = Buffer.from('secret');
    await run(p);
    expect(readFileSync(file, 'utf8')).toBe('secret');
    expect(current_process().authkey.length).toBe(32);
  });

  test('is bytes', () => {
    const p = new Process();
    expect(() => (p.authkey = 'text' as never)).toThrow(TypeError);
    p.authkey = new Uint8Array([1, 2]);
    expect([...p.authkey]).toEqual([1, 2]);
    expect(p.authkey.toString('hex')).toBe('0102');
  });

  test('does not travel, neither alone nor within something else', async () => {
    const { authkey } = current_process();
    for (const args of [[authkey], [{ deep: [authkey] }]]) {
      const p = new Process({ target: (_: unknown) => undefined, args: args as [unknown] });
      expect(await excOf(() => p.start())).toEqual(REFUSED);
    }
    const p = new Process({ target: () => authkey.length });
    expect(await excOf(() => p.start())).toEqual(REFUSED);
  });
});

describe('authkey', () => {
  test('is not what a task can be given, or give back', async () => {
    await using pool = new Pool(1);
    expect(await excOf(() => pool.apply((key: unknown) => key, [current_process().authkey]))).toEqual(
      REFUSED,
    );
    await expect(pool.apply(() => current_process().authkey)).rejects.toThrow(REFUSED.str);
    // A copy is bytes like any other.
    const copy = await pool.apply(() => Buffer.from(current_process().authkey));
    expect(copy.equals(current_process().authkey)).toBe(true);
  });
});
