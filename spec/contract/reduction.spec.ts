import { register } from 'multiprocessing-ts/reduction';
import { MaybeEncodingError } from 'multiprocessing-ts/pool';
import { isListening } from '../functions/cases/fixtures/services';
import { BOTH, contract, drain, excOf, soon, STOP, worker, SPAWN } from './support';

/** Travels as its name; where it is rebuilt, and how, is up to the test. */
class Traveller {
  readonly #name: string;
  constructor(name: string) {
    this.#name = name;
  }
  get name(): string {
    return this.#name;
  }
}
const home = worker();
register(Traveller, {
  reduce: (traveller) => {
    if (traveller.name === 'stays') throw new Error('it does not travel');
    return traveller.name;
  },
  rebuild: (name: string) => {
    if (name === 'lost in the worker' && worker() !== home) throw new Error('unpickle boom');
    if (name === 'lost at home' && worker() === home) throw new Error('result unpickle boom');
    return new Traveller(name);
  },
});

class Odd extends Error {
  readonly traveller: Traveller;
  constructor(name: string) {
    super(name);
    this.traveller = new Traveller(name);
  }
}

const nameOf = (traveller: Traveller): string => traveller.name;

contract(
  'what says itself how it travels',
  (makePool) => {
    test('arrives', async () => {
      expect(await makePool.shared(1).apply(nameOf, [new Traveller('ann')])).toBe('ann');
      const back = await makePool.shared(1).apply((name: string) => new Traveller(name), ['bob']);
      expect(back).toBeInstanceOf(Traveller);
      expect(back.name).toBe('bob');
    });

    test('and fails to be rebuilt in the worker fails its task, and the worker goes on (H7: CPython loses both)', async () => {
      const pool = makePool(1);
      const before = await pool.apply(worker);
      expect(
        await excOf(() => soon(pool.apply(nameOf, [new Traveller('lost in the worker')]))),
      ).toMatchObject({
        str: expect.stringMatching(/unpickle boom/) as string,
      });
      expect(await pool.apply(worker)).toBe(before);
      pool.close();
      await soon(pool.join(), 'join');
    });

    test('and fails to be rebuilt here fails its task, and the pool goes on (H6: CPython hangs)', async () => {
      const pool = makePool(1);
      await expect(soon(pool.apply((name: string) => new Traveller(name), ['lost at home']))).rejects.toThrow(
        /result unpickle boom/,
      );
      expect(await pool.apply(() => 1)).toBe(1);
      pool.close();
      await soon(pool.join(), 'join');
    });

    test('so it is for an error that cannot be rebuilt here (H6)', async () => {
      const pool = makePool.shared(1);
      const result = pool.apply_async(() => {
        throw new Odd('lost at home');
      });
      await soon(result.wait());
      expect(result.successful()).toBe(false);
      await expect(result.get()).rejects.toThrow(/lost at home|result unpickle boom/);
      expect(await pool.apply(() => 1)).toBe(1);
    });

    test('and throws when it is reduced here fails its task, before any worker is touched', async () => {
      const pool = makePool.shared(1);
      await expect(pool.apply(nameOf, [new Traveller('stays')])).rejects.toThrow(/it does not travel/);
      const items = await drain(
        pool.imap(
          nameOf,
          ['a', 'stays', 'b'].map((name) => new Traveller(name)),
        ),
        () => 'error',
      );
      expect(items).toEqual(['a', 'error', 'b', STOP, STOP]);
    });

    test('and throws when it is reduced in the worker is a MaybeEncodingError', async () => {
      await expect(makePool.shared(1).apply(() => new Traveller('stays'))).rejects.toBeInstanceOf(
        MaybeEncodingError,
      );
    });

    test('fails only its chunk', async () => {
      const travellers = ['a', 'lost in the worker', 'b', 'c'].map((name) => new Traveller(name));
      const items = await soon(drain(makePool.shared(1).imap(nameOf, travellers, 2), () => 'error'));
      expect(items).toEqual(['error', 'b', 'c', STOP, STOP]);
    });
  },
  BOTH,
  SPAWN,
);

contract(
  'a function that stands on what cannot be copied',
  (makePool) => {
    test('is imported by the workers, if its module exports it', async () => {
      const pool = makePool.shared(1);
      for (let i = 0; i < 3; i++) expect(await pool.apply(isListening)).toBe(false);
      expect(await pool.apply(() => isListening())).toBe(false);
    });
  },
  BOTH,
  SPAWN,
);
