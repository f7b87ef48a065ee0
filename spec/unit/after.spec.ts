import { after } from '../../lib/util/after';

const now = performance.now.bind(performance);

describe('what is to be done after some time', () => {
  test('is never done before', async () => {
    const seconds = Array.from({ length: 200 }, (_, i) => 0.002 + (i % 10) / 10_000);
    const waited = await Promise.all(
      seconds.map(async (each, i) => {
        // Not all in the same millisecond.
        const begin = now();
        while (now() < begin + (i % 7) / 20);
        const from = now();
        await new Promise<void>((resolve) => after(each, resolve));
        return now() - from - each * 1000;
      }),
    );
    expect(Math.min(...waited)).toBeGreaterThanOrEqual(0);
  });

  test('can be prevented', async () => {
    let isDone = false;
    after(0.001, () => (isDone = true))();
    await new Promise<void>((resolve) => after(0.01, resolve));
    expect(isDone).toBe(false);
  });

  test('is done when a fake clock says so', () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    try {
      let isDone = false;
      after(3600, () => (isDone = true));
      jest.advanceTimersByTime(3_599_999);
      expect(isDone).toBe(false);
      jest.advanceTimersByTime(1);
      expect(isDone).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });
});
