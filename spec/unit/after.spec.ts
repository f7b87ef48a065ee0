import { after } from '../../lib/util/after';

const now = performance.now.bind(performance);

describe('what is to be done after some time', () => {
  test('is never done before, also when the event loop has much else to do', async () => {
    let isOver = false;
    const spin = (): void => {
      if (!isOver) setImmediate(spin);
    };
    spin();
    const early: number[] = [];
    for (let i = 0; i < 100; i++) {
      // At any moment of a millisecond.
      const moment = now() + i / 100;
      while (now() < moment);
      const begin = now();
      await new Promise<void>((resolve) => after(0.002, resolve));
      early.push(begin + 2 - now());
    }
    isOver = true;
    expect(Math.max(...early)).toBeLessThanOrEqual(0);
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
