import { asyncExecutors } from './support';

// `running()` of a future that blocks looks for what has come: it may be done.
asyncExecutors('a call that was said to run', (make) => {
  test('is run, though its worker may not have looked at it yet, and all others are cancelled', async () => {
    const executor = make(1);
    await executor.submit(() => 0).result();
    const future = executor.submit((n: number) => n, 42);
    // Within this turn: nothing can have come back from the worker.
    for (let i = 0; i < 10 && !future.running(); i++) await Promise.resolve();
    expect(future.running()).toBe(true);
    expect(future.cancel()).toBe(false);
    await executor.shutdown(true, { cancel_futures: true });
    expect(await future.result(0)).toBe(42);
  });
});
