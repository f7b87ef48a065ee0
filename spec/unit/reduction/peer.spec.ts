import { Session } from 'node:inspector';
import fc from 'fast-check';
import { Receiver } from '../../../lib/reduction/receiving';
import { encodeFunction, Peer } from '../../../lib/reduction/sending';
import type { EncodedFunction } from '../../../lib/reduction/types';

/** A worker without a process: what is packed for it is defined in it. */
class Worker {
  readonly #peer = new Peer();
  readonly #receiver = new Receiver();
  messages = 0;

  call(encoded: EncodedFunction, ...args: unknown[]): unknown {
    const definitions = this.#peer.pack(encoded.needs);
    if (definitions !== null) {
      this.messages++;
      this.#receiver.define(JSON.parse(definitions.text), definitions.blocks);
    }
    return this.#receiver.function(encoded.id)(...args);
  }
}

test('an unchanged function is the same encoding and needs no second message', () => {
  const k = 3;
  const f = (x: number): number => x * k;
  const worker = new Worker();
  const first = encodeFunction(f);
  for (let i = 0; i < 10; i++) expect(encodeFunction(f)).toBe(first);
  expect([1, 2, 3].map((x) => worker.call(first, x))).toEqual([3, 6, 9]);
  expect(worker.messages).toBe(1);
});

test('a closure costs no more when many functions of one place have seen its scopes', () => {
  const post = jest.spyOn(Session.prototype, 'post');
  try {
    const base = 1;
    /** How often the variables are asked for when the last of 100 closures is encoded. */
    const asked = (): number => {
      let before = 0;
      for (let i = 0; i < 100; i++) {
        before = post.mock.calls.length;
        expect(new Worker().call(encodeFunction(() => base + i))).toBe(1 + i);
      }
      return post.mock.calls.length - before;
    };
    const alone = asked();
    const others = Array.from({ length: 100 }, () => (x: number) => x + base);
    for (const each of others) encodeFunction(each);
    // One look at what they have seen.
    expect(asked()).toBeLessThanOrEqual(2 * alone);
    expect(others).toHaveLength(100);
  } finally {
    post.mockRestore();
  }
});

test('a call gets the values of the time it was encoded at, in whatever order calls are sent', () => {
  let k = 0;
  const f = (): number => k;
  const encoded = [0, 1, 2, 3].map((value) => {
    k = value;
    return encodeFunction(f);
  });
  const worker = new Worker();
  for (const i of [3, 0, 2, 2, 1, 3]) expect(worker.call(encoded[i] as EncodedFunction)).toBe(i);
  expect(new Worker().call(encoded[1] as EncodedFunction)).toBe(1);
});

test('what a worker wrote stays until the parent changes its own value', () => {
  let n = 0;
  const set = (to: number): void => {
    n = to;
  };
  const get = (): number => n;
  const worker = new Worker();
  worker.call(encodeFunction(set), 50);
  expect(worker.call(encodeFunction(get))).toBe(50);
  n = 7;
  expect(worker.call(encodeFunction(get))).toBe(7);
  worker.call(encodeFunction(set), 51);
  expect(worker.call(encodeFunction(get))).toBe(51);
  expect(n).toBe(7);
});

test('a changed part of an object is written into the same object', () => {
  const settings = { deep: { level: 1 }, keep: null as unknown };
  const remember = (): void => {
    (globalThis as Record<string, unknown>).remembered = settings.deep;
  };
  const same = (): unknown[] => [
    (globalThis as Record<string, unknown>).remembered === settings.deep,
    settings.deep.level,
  ];
  const worker = new Worker();
  worker.call(encodeFunction(remember));
  settings.deep.level = 2;
  expect(worker.call(encodeFunction(same))).toEqual([true, 2]);
});

test('any interleaving of changes and calls on several workers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ worker: fc.nat(2), variable: fc.nat(2), value: fc.nat(9), call: fc.nat(2) }), {
        maxLength: 30,
      }),
      (steps) => {
        let a = 0;
        let b = 0;
        const c = { value: 0 };
        const set = [(x: number) => (a = x), (x: number) => (b = x), (x: number) => (c.value = x)];
        const get = [(): unknown => a, (): unknown => [a, b], (): unknown => [c.value, b]];
        const workers = [new Worker(), new Worker(), new Worker()];
        for (const { worker, variable, value, call } of steps) {
          set[variable]?.(value);
          const f = get[call] as () => unknown;
          expect(workers[worker]?.call(encodeFunction(f))).toEqual(f());
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('a call that cannot be sent leaves the worker as it was', () => {
  let k = 1;
  const promise = Promise.resolve();
  const bad = (): unknown => [k, promise];
  const good = (): number => k;
  const worker = new Worker();
  expect(worker.call(encodeFunction(good))).toBe(1);
  k = 2;
  expect(() => encodeFunction(bad)).toThrow('a Promise cannot be sent');
  expect(worker.call(encodeFunction(good))).toBe(2);
});

test('what cannot be defined in a worker fails the calls that need it, not others', () => {
  const peer = new Peer();
  const receiver = new Receiver();
  const number = 5;
  const { id, needs } = encodeFunction(() => number);
  const definitions = peer.pack(needs);
  receiver.define(JSON.parse(definitions?.text ?? ''), definitions?.blocks ?? []);
  receiver.define({ r: [], d: [], c: [['v', 999999, 'x', 0, 1]] }, []);
  expect(receiver.function(id)()).toBe(5);
  expect(() => receiver.function(123456)).toThrow('was not sent to this worker');
});
