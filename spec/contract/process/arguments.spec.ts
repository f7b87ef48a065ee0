import { readFileSync, writeFileSync } from 'node:fs';
import { AssertionError, range } from 'multiprocessing-ts/builtins';
import { exc, excOf, scratch } from '../support';
import { processes, recorded, run } from './support';

const path = scratch();
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const write = (file: string, ...rest: unknown[]): void => {
  writeFileSync(file, JSON.stringify(rest));
};

processes('arguments', (Process) => {
  test('go by position', async () => {
    const file = path('position');
    await run(new Process(null, write, 'n', [file, 1, 'a']));
    expect(read(file)).toEqual([1, 'a']);
  });

  test('or by keyword', async () => {
    const file = path('keyword');
    await run(new Process({ target: write, args: [file, 1, 'a'] }));
    expect(read(file)).toEqual([1, 'a']);
    const other = path('both');
    const p = new Process(null, write, { args: [other, 2], daemon: true });
    await run(p);
    expect([read(other), p.daemon]).toEqual([[2], true]);
  });

  test('kwargs are one last object, unless empty', async () => {
    const [file, other] = [path('kwargs'), path('none')];
    const target = (to: string, n: number, options: { hello: number; bye: number }): void => {
      write(to, n, options);
    };
    await run(new Process({ target, args: [file, 1], kwargs: { hello: 23, bye: 2.54 } }));
    expect(read(file)).toEqual([1, { hello: 23, bye: 2.54 }]);
    await run(new Process(null, write, 'n', [other, 1], {}));
    expect(read(other)).toEqual([1]);
  });

  test('kwargs may be a Map', async () => {
    const file = path('map');
    await run(new Process({ target: write, args: [file], kwargs: new Map([['k', 1]]) } as object));
    expect(read(file)).toEqual([{ k: 1 }]);
  });

  test('kwargs by position, and daemon after them', async () => {
    const file = path('kwargs');
    const target = (to: string, options: { k: number }): void => {
      write(to, options);
    };
    const p = new Process(null, target, 'n', [file], { k: 1 }, { daemon: true });
    await run(p);
    expect([read(file), p.daemon]).toEqual([[{ k: 1 }], true]);
  });

  test('are taken when the object is made', async () => {
    const file = path('taken');
    const args: [string, ...unknown[]] = [file, 1];
    const kwargs: Record<string, number> = { k: 1 };
    const p = new Process({ target: write, args, kwargs } as object);
    args.push(2);
    kwargs.k = 2;
    await run(p);
    expect(read(file)).toEqual([1, { k: 1 }]);
  });

  test('may be any iterable', async () => {
    const file = path('iterable');
    await run(new Process({ target: write, args: new Set([file, 'a']) as never }));
    expect(read(file)).toEqual(['a']);
    expect(() => new Process({ target: Math.max, args: range(3) as never })).not.toThrow();
  });

  test('of every kind arrive as they are', async () => {
    const file = path('kinds');
    class Point {
      constructor(
        readonly x: number,
        readonly y: number,
      ) {}
      get length(): number {
        return Math.hypot(this.x, this.y);
      }
    }
    const offset = 10;
    const look = (
      to: string,
      map: Map<string, number>,
      bytes: Buffer,
      f: (x: number) => number,
      p: Point,
    ) => {
      writeFileSync(to, JSON.stringify([map.get('a'), bytes.toString(), f(1), p.length, p instanceof Point]));
    };
    const p = new Process({
      target: look,
      args: [file, new Map([['a', 1]]), Buffer.from('bytes'), (x) => x + offset, new Point(3, 4)],
    });
    await run(p);
    expect(read(file)).toEqual([1, 'bytes', 11, 5, true]);
  });

  test('an object that the target holds, too, is one object there', async () => {
    const file = path('identity');
    const shared = { n: 1 };
    const target = (to: string, given: object): void => {
      writeFileSync(to, JSON.stringify(given === shared));
    };
    await run(new Process({ target, args: [file, shared] }));
    expect(read(file)).toBe(true);
  });

  test('a large one arrives whole', async () => {
    const file = path('large');
    const sum = (to: string, bytes: Uint8Array): void => {
      writeFileSync(to, JSON.stringify([bytes.length, bytes[12_345_678]]));
    };
    const bytes = new Uint8Array(20_000_000);
    bytes[12_345_678] = 7;
    await run(new Process({ target: sum, args: [file, bytes] }));
    expect(read(file)).toEqual([20_000_000, 7]);
  });

  test('wrong ones are refused as in Python', async () => {
    expect(await excOf(() => new Process(1 as never))).toEqual(exc(recorded('group not None')));
    expect(() => new Process({ group: 1 as never })).toThrow(AssertionError);
    expect(await excOf(() => new Process({ target: () => 5, args: 5 as never }))).toEqual(
      exc(recorded('args not iterable')),
    );
    const { type } = await excOf(() => new Process(null, () => 5, 'n', [], {}, true as never));
    expect(type).toBe(exc(recorded('daemon positional')).type);
    expect(() => new Process({ tarqet: 5 } as never)).toThrow("unexpected keyword argument 'tarqet'");
  });

  test('a target that is no function is refused when the object is made, where Python waits for the child', () => {
    expect(() => new Process({ target: 5 as never })).toThrow("'int' object is not callable");
    expect(() => new Process({ kwargs: 5 as never })).toThrow("'int' object is not a mapping");
  });
});
