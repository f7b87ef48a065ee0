import { Barrier } from '../../../lib/managers/referents/barrier';
import { Event } from '../../../lib/managers/referents/event';
import { BrokenBarrierError } from '../../../lib/synchronize/errors';
import { bunch, Client, errorOf, settled, timed, turn } from './support';

/** What CPython's lock_tests.py says of threading.Event and Barrier. */
describe('Event', () => {
  test('is set until it is cleared', () => {
    const event = new Event();
    expect(event.is_set()).toBe(false);
    expect(event.__repr__()).toMatch(/^<threading\.Event at 0x[0-9a-f]+: unset>$/);
    event.set();
    event.set();
    expect(event.is_set()).toBe(true);
    expect(event.__repr__()).toMatch(/^<threading\.Event at 0x[0-9a-f]+: set>$/);
    event.clear();
    event.clear();
    expect(event.is_set()).toBe(false);
  });

  test('lets all go on who wait, and who come later', async () => {
    const event = new Event();
    for (let again = 0; again < 2; again++) {
      const waits = bunch(5, (client) => client.do(() => event.wait()));
      await turn();
      expect(await settled(Promise.race(waits))).toBe(false);
      event.set();
      expect(await Promise.all(waits)).toEqual(Array(5).fill(true));
      expect(await event.wait()).toBe(true);
      event.clear();
    }
  });

  test('that is cleared at once has let all go on with true', async () => {
    const event = new Event();
    const waits = bunch(5, (client) => client.do(() => event.wait(60)));
    event.set();
    event.clear();
    expect(await Promise.all(waits)).toEqual(Array(5).fill(true));
  });

  test('waits no longer than it is told', async () => {
    const event = new Event();
    expect(await event.wait(0)).toBe(false);
    expect(await event.wait(-1)).toBe(false);
    const [set, seconds] = await timed(() => event.wait(0.05));
    expect(set).toBe(false);
    expect(seconds).toBeGreaterThanOrEqual(0.049);
    expect(await errorOf(() => event.wait('x'))).toBe(
      "TypeError: '>' not supported between instances of 'str' and 'int'",
    );
    expect(await errorOf(() => event.wait(1e100))).toBe(
      'OverflowError: timestamp out of range for platform time_t',
    );
  });

  test('forgets who waits when its connection ends', async () => {
    const event = new Event();
    const gone = new Client();
    const waiting = gone.do(() => event.wait());
    gone.end(event);
    await expect(waiting).rejects.toThrow('the connection of the caller has ended');
  });
});

describe('Barrier', () => {
  const N = 5;
  /** What becomes of each: a number, or the name of an error. */
  const outcomes = (waits: readonly Promise<number>[]): Promise<(number | string)[]> =>
    Promise.all(waits.map((each) => each.catch((error: unknown) => (error as Error).name)));

  test.each([1, 10])('is passed in lockstep %d times', async (passes) => {
    const barrier = new Barrier(N);
    const results: [number, number] = [0, 0];
    await Promise.all(
      bunch(N, async (client) => {
        for (let i = 0; i < passes; i++) {
          results[0]++;
          expect(results[1]).toBe(i * N);
          await client.do(() => barrier.wait());
          results[1]++;
          expect(results[0]).toBe((i + 1) * N);
          await client.do(() => barrier.wait());
        }
      }),
    );
    expect(barrier.n_waiting).toBe(0);
    expect(barrier.broken).toBe(false);
  });

  test('tells each how many came before', async () => {
    const barrier = new Barrier(N);
    expect(await Promise.all(bunch(N, (client) => client.do(() => barrier.wait())))).toEqual([0, 1, 2, 3, 4]);
  });

  test('runs the action once, before anybody goes on; it may be async', async () => {
    let runs = 0;
    const barrier = new Barrier(N, async () => {
      await turn();
      runs++;
    });
    await Promise.all(
      bunch(N, async (client) => {
        await client.do(() => barrier.wait());
        expect(runs).toBe(1);
      }),
    );
  });

  test('lets nobody in while the action runs', async () => {
    let open = (): void => undefined;
    const barrier = new Barrier(1, () => new Promise<void>((resolve) => (open = resolve)));
    const first = barrier.wait();
    const second = barrier.wait();
    await turn();
    open();
    expect(await first).toBe(0);
    expect(await settled(second)).toBe(false);
    open();
    expect(await second).toBe(0);
  });

  test('breaks when the action throws, whose caller has the error', async () => {
    const barrier = new Barrier(2, () => {
      throw new RangeError('broken action');
    });
    const waits = bunch(2, (client) => client.do(() => barrier.wait()));
    await expect(waits[1]).rejects.toThrow('broken action');
    await expect(waits[0]).rejects.toThrow(BrokenBarrierError);
    expect(barrier.broken).toBe(true);
  });

  test('that is aborted is broken for all', async () => {
    const barrier = new Barrier(N);
    const waits = bunch(N - 1, (client) => client.do(() => barrier.wait()));
    await barrier.abort();
    expect(await outcomes(waits)).toEqual(Array(N - 1).fill('BrokenBarrierError'));
    await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
    expect(barrier.__repr__()).toMatch(/^<threading\.Barrier at 0x[0-9a-f]+: broken>$/);
  });

  test('that is reset frees those who wait, and begins anew', async () => {
    const barrier = new Barrier(N);
    await barrier.abort();
    await barrier.reset();
    const waits = bunch(N - 1, (client) => client.do(() => barrier.wait()));
    expect(barrier.n_waiting).toBe(N - 1);
    expect(barrier.__repr__()).toMatch(/: waiters=4\/5>$/);
    await barrier.reset();
    expect(await outcomes(waits)).toEqual(Array(N - 1).fill('BrokenBarrierError'));
    const all = bunch(N, (client) => client.do(() => barrier.wait()));
    expect(await outcomes(all)).toEqual([0, 1, 2, 3, 4]);
  });

  test('breaks for all when one waits for too long', async () => {
    const barrier = new Barrier(N);
    const waits = bunch(N - 1, (client, i) => client.do(() => barrier.wait(i === 2 ? 0.03 : 60)));
    expect(await outcomes(waits)).toEqual(Array(N - 1).fill('BrokenBarrierError'));
  });

  test('has a timeout of its own', async () => {
    const barrier = new Barrier(2, null, 0.05);
    const [outcome, seconds] = await timed(() => outcomes([barrier.wait()]));
    expect(outcome).toEqual(['BrokenBarrierError']);
    expect(seconds).toBeGreaterThanOrEqual(0.049);
  });

  test('of one party stops nobody', async () => {
    const barrier = new Barrier(1);
    expect(await barrier.wait()).toBe(0);
    expect(await barrier.wait()).toBe(0);
  });

  test('of nobody cannot be made', () => {
    expect(() => new Barrier(0)).toThrow('parties must be > 0');
    expect(() => new Barrier(2, 5)).toThrow("'int' object is not callable");
  });

  test('tells its properties by name', () => {
    const barrier = new Barrier(3);
    expect(['parties', 'n_waiting', 'broken'].map((name) => barrier.__getattribute__(name))).toEqual([
      3,
      0,
      false,
    ]);
    expect(() => barrier.__getattribute__('foo')).toThrow("'Barrier' object has no attribute 'foo'");
    expect(() => barrier.__getattribute__(5)).toThrow("attribute name must be string, not 'int'");
  });

  test('breaks when the connection of one who waits ends', async () => {
    const barrier = new Barrier(3);
    const clients = [new Client(), new Client()];
    const waits = clients.map((client) => client.do(() => barrier.wait()));
    clients[0]?.end(barrier);
    expect(await outcomes(waits)).toEqual(['EOFError', 'BrokenBarrierError']);
    expect(barrier.broken).toBe(true);
  });
});
