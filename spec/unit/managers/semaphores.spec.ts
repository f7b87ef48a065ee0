import { BoundedSemaphore, Semaphore } from '../../../lib/managers/referents/semaphore';
import { bunch, Client, errorOf, settled, timed, turn } from './support';

/** What CPython's lock_tests.py says of threading.Semaphore and BoundedSemaphore. */
describe.each([
  ['Semaphore', Semaphore],
  ['BoundedSemaphore', BoundedSemaphore],
] as const)('%s', (_name, Class) => {
  test('begins with no less than nothing, and with 1 if nothing is said', async () => {
    expect(() => new Class(-1)).toThrow('semaphore initial value must be >= 0');
    expect(() => new Class('a')).toThrow("'<' not supported between instances of 'str' and 'int'");
    expect(() => new Class(null)).toThrow("'<' not supported between instances of 'NoneType' and 'int'");
    const semaphore = new Class();
    expect(await semaphore.acquire(false)).toBe(true);
    expect(await semaphore.acquire(false)).toBe(false);
  });

  test('lets in as many as it has permits, and others when these are released', async () => {
    const semaphore = new Class(7);
    await semaphore.acquire();
    await semaphore.acquire();
    const inside: number[] = [];
    const threads = bunch(10, async (client, i) => {
      await client.do(() => semaphore.acquire());
      inside.push(i);
    });
    await turn();
    expect(inside).toEqual([0, 1, 2, 3, 4]);
    for (let i = 0; i < 3; i++) semaphore.release();
    await turn();
    expect(inside).toHaveLength(8);
    semaphore.release(2);
    await Promise.all(threads);
    expect(inside).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await semaphore.acquire(false)).toBe(false);
  });

  test.each([
    [[false, 1], "ValueError: can't specify timeout for non-blocking acquire"],
    [[false, 0], "ValueError: can't specify timeout for non-blocking acquire"],
  ] as const)('acquire%j is an error', async (args, text) => {
    expect(await errorOf(() => new Class().acquire(...args))).toBe(text);
  });

  test('is not acquired when the timeout is over', async () => {
    const semaphore = new Class(0);
    expect(await semaphore.acquire(true, 0)).toBe(false);
    expect(await semaphore.acquire(true, -5)).toBe(false);
    const [got, seconds] = await timed(() => semaphore.acquire(true, 0.05));
    expect(got).toBe(false);
    expect(seconds).toBeGreaterThanOrEqual(0.049);
  });

  test('releases at least one', async () => {
    const semaphore = new Class(2);
    await semaphore.acquire();
    for (const n of [0, -1])
      expect(await errorOf(() => semaphore.release(n))).toBe('ValueError: n must be one or more');
    expect(await errorOf(() => semaphore.release(2.5))).toBe(
      "TypeError: 'float' object cannot be interpreted as an integer",
    );
  });

  test('gives no permit to somebody whose connection has ended', async () => {
    const semaphore = new Class(1);
    const [gone, next] = [new Client(), new Client()];
    await semaphore.acquire();
    const lost = gone.do(() => semaphore.acquire());
    const got = next.do(() => semaphore.acquire());
    gone.end(semaphore);
    await expect(lost).rejects.toThrow('the connection of the caller has ended');
    semaphore.release();
    expect(await got).toBe(true);
  });

  test('takes back a permit whose taker never learned of it', async () => {
    const semaphore = new Class(1);
    await semaphore.acquire();
    const next = semaphore.acquire();
    semaphore.undelivered('acquire', true);
    expect(await settled(next)).toBe(true);
    semaphore.undelivered('acquire', false);
    expect(await semaphore.acquire(false)).toBe(false);
  });

  test('keeps the permits of somebody whose connection has ended: others may release them', async () => {
    const semaphore = new Class(1);
    const client = new Client();
    await client.do(() => semaphore.acquire());
    client.end(semaphore);
    expect(await semaphore.acquire(false)).toBe(false);
    semaphore.release();
    expect(await semaphore.acquire(false)).toBe(true);
  });
});

test('a Semaphore may be released more often than it was acquired', () => {
  const semaphore = new Semaphore();
  semaphore.release();
  semaphore.release(3);
  expect(semaphore.__repr__()).toMatch(/^<threading\.Semaphore at 0x[0-9a-f]+: value=5>$/);
});

test('a BoundedSemaphore may not', async () => {
  const semaphore = new BoundedSemaphore(2);
  expect(await errorOf(() => semaphore.release())).toBe('ValueError: Semaphore released too many times');
  await semaphore.acquire();
  expect(await errorOf(() => semaphore.release(2))).toBe('ValueError: Semaphore released too many times');
  expect(semaphore.__repr__()).toMatch(/^<threading\.BoundedSemaphore at 0x[0-9a-f]+: value=1\/2>$/);
});
