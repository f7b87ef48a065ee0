import { TimeoutError } from 'multiprocessing-ts';
import { ValueError } from 'multiprocessing-ts/builtins';
import { AsyncResult, MapResult } from 'multiprocessing-ts/pool';
import { BOTH, contract, exc, excOf, open, oracle, pass, scratch } from './support';

const path = scratch();
const recorded = oracle('p26_asyncresult');
const gated = (gate: string): string[] => {
  pass(gate);
  return ['there'];
};

contract(
  'results',
  (makePool, _method, facade) => {
    // Of the blocking facade the tests see results in the clothes of these: see blocking.ts.
    const inPromises = facade === 'async' ? test : test.skip;

    test('successful() throws until the result is ready', async () => {
      const gate = path('gate');
      const pool = makePool.shared(1);
      const [apply, map] = [pool.apply_async(gated, [gate]), pool.map_async(gated, [gate])];
      for (const result of [apply, map]) {
        expect(() => result.successful()).toThrow(ValueError);
        expect(() => result.successful()).toThrow(/not ready$/);
      }
      expect(recorded('successful before ready').exc?.str).toMatch(/not ready$/);
      open(gate);
      await Promise.all([apply.wait(), map.wait()]);
      expect([apply.successful(), map.successful()]).toEqual([true, true]);
    });

    test.each([0, -1, 0.05])(
      'get(%d) rejects with TimeoutError before that; the value may still come',
      async (timeout) => {
        const gate = path('gate');
        const result = makePool.shared(1).apply_async(gated, [gate]);
        expect(await excOf(() => result.get(timeout))).toEqual(exc(recorded(`get(${timeout})`)));
        await expect(result.get(timeout)).rejects.toBeInstanceOf(TimeoutError);
        open(gate);
        expect(await result.get(45)).toEqual(['there']);
      },
    );

    test('wait resolves to nothing, in time or not', async () => {
      const gate = path('gate');
      const result = makePool.shared(1).apply_async(gated, [gate]);
      await expect(result.wait(0.05)).resolves.toBeUndefined();
      expect(result.ready()).toBe(recorded('ready').ok);
      open(gate);
      await expect(result.wait(45)).resolves.toBeUndefined();
      expect(result.ready()).toBe(true);
      await expect(result.wait()).resolves.toBeUndefined();
    });

    test('get gives the same object every time', async () => {
      const result = makePool.shared(1).apply_async(() => [1]);
      expect((await result.get()) === (await result.get())).toBe(recorded('get again same object').ok);
      expect(await result.get(-5)).toEqual([1]);
    });

    test('many may wait for one result', async () => {
      const result = makePool.shared(1).apply_async(() => 7);
      expect(await Promise.all([result.get(), result.get(45), result.get()])).toHaveLength(
        recorded('get from 3 threads').ok as number,
      );
    });

    test('a failure is ready and not successful, and rejects with the same error every time', async () => {
      const result = makePool.shared(1).apply_async(() => {
        throw new Error('bad');
      });
      await result.wait();
      expect([result.ready(), result.successful()]).toEqual(recorded('failed: ready,successful').ok);
      const [a, b] = await Promise.all(
        [result.get(), result.get()].map((each) => each.catch((reason: unknown) => reason)),
      );
      expect(a === b).toBe((recorded('same exception object re-raised; traceback grows').ok as boolean[])[0]);
    });

    test('a timeout that is no number is a TypeError', async () => {
      const gate = path('gate');
      const result = makePool.shared(1).apply_async(gated, [gate]);
      expect((await excOf(() => result.get('a' as never))).type).toBe(exc(recorded("get('a')")).type);
      await expect(result.wait(NaN)).rejects.toThrow(TypeError);
      open(gate);
    });

    inPromises('results are not thenable: an async function can return one', async () => {
      const pool = makePool.shared(1);
      const submit = async (): Promise<AsyncResult<number>> =>
        await Promise.resolve(pool.apply_async(() => 5));
      const result = await submit();
      expect(result).toBeInstanceOf(AsyncResult);
      expect(await result.get()).toBe(5);
    });

    inPromises('map_async returns a MapResult', () => {
      expect(makePool.shared(1).map_async((x: number) => x, [1])).toBeInstanceOf(MapResult);
    });

    test('a get that timed out leaves no timer behind', async () => {
      const gate = path('gate');
      const result = makePool.shared(1).apply_async(gated, [gate]);
      const waiting = result.get(1000);
      open(gate);
      await waiting;
      expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThan(5);
    });
  },
  BOTH,
);
