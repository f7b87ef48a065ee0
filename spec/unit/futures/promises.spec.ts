import { Future, TimeoutError } from 'multiprocessing-ts/concurrent/futures';
import { settled, stderr, turn } from './support';

/*
 * What is about promises and timers, and so of this facade alone.
 */
const log = stderr();

test('a promise that a callback returns may reject with anything', async () => {
  const future = new Future<number>();
  for (const thrown of [undefined, null, 'text', Object.create(null)] as unknown[]) {
    future.add_done_callback(() => Promise.reject(thrown));
  }
  future.set_result(1);
  await turn();
  expect(log().match(/exception calling callback for/g)).toHaveLength(4);
});

test('a thousand waiters of one future time out one by one, and the rest gets the result', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  try {
    const future = new Future<number>();
    const waiting = Array.from({ length: 1000 }, (_, i) => future.result(i + 1));
    const outcomes = Promise.allSettled(waiting);
    jest.advanceTimersByTime(500_000);
    await turn();
    future.set_result(1);
    const statuses = (await outcomes).map((each) => each.status);
    expect(statuses.lastIndexOf('rejected')).toBe(499);
    expect(statuses.indexOf('fulfilled')).toBe(500);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('a timeout of a hundred days is one of a hundred days', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  try {
    const day = 86_400;
    const waiting = new Future().result(100 * day);
    waiting.catch(() => undefined);
    for (let i = 0; i < 99; i++) jest.advanceTimersByTime(day * 1000);
    expect(await settled(waiting)).toBe(false);
    jest.advanceTimersByTime(day * 1000);
    await expect(waiting).rejects.toBeInstanceOf(TimeoutError);
  } finally {
    jest.useRealTimers();
  }
});
