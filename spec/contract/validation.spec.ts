import { cpu_count } from 'multiprocessing-ts';
import { ValueError } from 'multiprocessing-ts/builtins';
import { BOTH, contract, exc, excOf, oracle, SPAWN } from './support';

const f = (x: unknown): unknown => x;

contract(
  'validation',
  (makePool) => {
    test('what is no function, or no input, is named as what it is', async () => {
      const pool = makePool(1);
      for (const [given, kind] of [
        [null, 'null'],
        [undefined, 'undefined'],
        [5, 'number'],
        [new Date(), 'Date'],
      ]) {
        const [name, none] = [String(kind), given as never];
        expect(await excOf(() => pool.apply_async(none).get())).toEqual({
          type: 'TypeError',
          str: `'${name}' object is not callable`,
        });
        if (given === undefined) continue;
        expect(await excOf(() => pool.map(f, none))).toMatchObject({
          str: `'${name}' object is not iterable`,
        });
        const items = pool.imap(f, none);
        expect(await excOf(() => items.next())).toMatchObject({ str: `'${name}' object is not iterable` });
      }
    });

    describe('of processes', () => {
      const recorded = oracle('p25_processes_arg');

      test.each([
        ['0', 0],
        ['-1', -1],
        ['False', false],
      ])('%s is a ValueError', async (name, processes) => {
        expect(await excOf(() => makePool(processes as never))).toEqual(exc(recorded(`processes=${name}`)));
        expect(() => makePool(processes as never)).toThrow(ValueError);
      });

      test.each([
        ['1.5', 1.5],
        ["'2'", '2'],
      ])('%s is a TypeError', (name, processes) => {
        expect(() => makePool(processes as never)).toThrow(TypeError);
        expect(recorded(`processes=${name}`).exc?.type).toMatch(/TypeError/);
      });

      test('True is one', () => {
        expect(String(makePool(true as never))).toMatch(/pool_size=1>/);
        expect((recorded('processes=True').ok as [number])[0]).toBe(1);
      });

      test.each([[null], [undefined]])('%p is the number of processors', (processes) => {
        expect(String(makePool(processes))).toMatch(`pool_size=${cpu_count()}>`);
      });

      test('nothing at all is the number of processors', () => {
        expect(String(makePool())).toMatch(`pool_size=${cpu_count()}>`);
      });
    });

    describe('of maxtasksperchild', () => {
      const recorded = oracle('p24_maxtasksperchild');

      test.each([
        ['0', 0],
        ['-1', -1],
        ['0.5', 0.5],
        ["'12'", '12'],
        ['False', false],
      ])('%s is a ValueError', async (name, maxtasksperchild) => {
        const make = (): unknown => makePool(1, { maxtasksperchild: maxtasksperchild as never });
        expect(await excOf(make)).toEqual(exc(recorded(`maxtasksperchild=${name}`)));
      });

      test('True is one', async () => {
        const pool = makePool(1, { maxtasksperchild: true as never });
        expect(await pool.apply(f, [recorded('maxtasksperchild=True').ok])).toBe('accepted');
      });
    });

    test('looks at processes first, then at maxtasksperchild, then at the initializer', async () => {
      expect((await excOf(() => makePool(0, 5 as never, [], 0))).str).toMatch(/processes/);
      expect((await excOf(() => makePool(1, 5 as never, [], 0))).str).toMatch(/maxtasksperchild/);
      expect((await excOf(() => makePool(1, 5 as never, [], 1))).str).toMatch(/initializer/);
    });

    test('a constructor that throws starts nothing', () => {
      const before = process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
      expect(() => makePool(2, 5 as never)).toThrow(TypeError);
      expect(process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap')).toHaveLength(before);
    });

    describe('of the chunksize of imap', () => {
      const recorded = oracle('p09_imap_chunksize_errors');
      const methods = ['imap', 'imap_unordered'] as const;

      test.each(methods.flatMap((method) => [0, -1, -1.5].map((chunksize) => [method, chunksize] as const)))(
        '%s: %d is a ValueError at the call',
        async (method, chunksize) => {
          const pool = makePool.shared(1);
          expect(await excOf(() => pool[method](f, [1], chunksize))).toEqual(
            exc(recorded(`${method} chunksize=${chunksize}`)),
          );
          expect(() => pool[method](f, [1], chunksize)).toThrow(ValueError);
        },
      );

      test.each(methods)("%s: '1' is a TypeError at the call", (method) => {
        expect(() => makePool.shared(1)[method](f, [1], '1' as never)).toThrow(TypeError);
        expect(recorded(`${method} chunksize='1'`).exc?.type).toMatch(/TypeError/);
      });

      test.each(methods)(
        '%s: 1.5 is a TypeError at the call (CPython throws at the first next)',
        (method) => {
          expect(() => makePool.shared(1)[method](f, [1], 1.5)).toThrow(TypeError);
        },
      );

      test.each(methods)('%s: null is the default (an error in CPython)', async (method) => {
        expect(await makePool.shared(1)[method](f, [1, 2], null).next()).toEqual({ value: 1, done: false });
      });

      test('true is one', async () => {
        const values: unknown[] = [];
        for await (const each of makePool.shared(1).imap(f, [1, 2, 3], true as never)) values.push(each);
        expect(values).toEqual(recorded('imap chunksize=True').ok);
      });
    });

    test.each([0, -1, 1.5, 'x'])('buffersize %p is refused at the call', (buffersize) => {
      expect(() => makePool.shared(1).imap(f, [1], { buffersize: buffersize as never })).toThrow(
        /buffersize must be/,
      );
    });

    test.each([0, -1, NaN, '1', {}])('timeout %p is refused at the call', async (timeout) => {
      const pool = makePool.shared(1);
      expect(() => pool.apply_async(f, [1], { timeout } as never)).toThrow(/timeout must be/);
      expect(() => pool.map_async(f, [1], { timeout } as never)).toThrow(/timeout must be/);
      expect(() => pool.imap(f, [1], { timeout } as never)).toThrow(/timeout must be/);
      await expect(pool.map(f, [1], { timeout } as never)).rejects.toThrow(/timeout must be/);
    });

    test('a signal that is none is refused at the call', () => {
      expect(() => makePool.shared(1).apply_async(f, [1], { signal: {} } as never)).toThrow(
        /signal must be an AbortSignal/,
      );
    });
  },
  BOTH,
  SPAWN,
);
