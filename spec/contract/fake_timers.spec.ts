import { all, contract } from './support';

const double = (x: number): number => x * 2;
const real = { setTimeout, clearTimeout };

/** Rejects after real seconds, whatever the clock of the test says. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = real.setTimeout(() => {
      reject(new Error('it hangs'));
    }, 45_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    real.clearTimeout(timer);
  }
}

contract('a pool in a test whose timers are faked', (makePool) => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('works', async () => {
    const pool = makePool(2);
    expect(await inTime(pool.apply(double, [1]))).toBe(2);
    expect(await inTime(pool.map(double, [1, 2, 3], 1))).toEqual([2, 4, 6]);
    expect(await inTime(all(pool.imap(double, [1, 2, 3])))).toEqual([2, 4, 6]);
    expect(
      await inTime(
        pool.map(
          double,
          Array.from({ length: 500 }, (_, i) => i),
          1,
        ),
      ),
    ).toHaveLength(500);
  });

  test('runs callbacks and tells of failures', async () => {
    const pool = makePool(1);
    const values: unknown[] = [];
    await inTime(pool.apply_async(double, [2], {}, (value) => values.push(value)).wait());
    expect(values).toEqual([4]);
    await expect(inTime(pool.apply(() => process.exit(3)))).rejects.toMatchObject({
      exitcode: 3,
    });
  });

  test('ends', async () => {
    const pool = makePool(2);
    const result = pool.apply_async(double, [1]);
    pool.close();
    await inTime(pool.join());
    expect(await result.get()).toBe(2);
    const other = makePool(1);
    other.apply_async((() => { for (;;); })).get().catch(() => undefined); // prettier-ignore
    await expect(inTime(other.terminate())).resolves.toBeUndefined();
  });
});
