import { Receiver } from '../../../lib/reduction/receiving';
import { encodeFunction, Peer } from '../../../lib/reduction/sending';

type AnyFunction = (...args: never[]) => unknown;

/** A function as a worker has it. */
function rebuilt<F extends AnyFunction>(f: F): F {
  const receiver = new Receiver();
  const { id, needs } = encodeFunction(f);
  const definitions = new Peer().pack(needs);
  receiver.define(JSON.parse(definitions?.text ?? ''), definitions?.blocks ?? []);
  return receiver.function(id) as unknown as F;
}

/** As a worker of that worker has it. */
const relayed = <F extends AnyFunction>(f: F): F => rebuilt(rebuilt(f));

let k = 3;
const helper = (x: number): number => x * k;
class Base {
  constructor(readonly n: number) {}
  twice(): number {
    return this.n * 2;
  }
}
class Derived extends Base {
  static made = 0;
  override twice(): number {
    return super.twice() + 1;
  }
}

test('a worker can send what it was sent: variables, helpers, classes', () => {
  const derived = new Derived(5);
  const f = (x: number): unknown[] => [
    helper(x),
    derived.twice(),
    new Derived(1) instanceof Base,
    Derived.made,
  ];
  expect(relayed(f)(2)).toEqual([6, 11, true, 0]);
});

test('captured this, bound functions, methods', () => {
  const object = {
    scale: 4,
    make(): (x: number) => number {
      return (x) => x * this.scale;
    },
  };
  expect(relayed(object.make())(3)).toBe(12);
  expect(relayed(object.make.bind({ scale: 5, make: object.make }))()(2)).toBe(10);
});

test('what changes in the middle is sent on', () => {
  let n = 1;
  const set = (to: number): void => {
    n = to;
  };
  const middle = rebuilt(() => ({ set, get: () => n }))();
  const first = rebuilt(middle.get);
  expect(first()).toBe(1);
  middle.set(9);
  expect(rebuilt(middle.get)()).toBe(9);
  k = 3;
});

test('dynamic import can be sent on', () => {
  const f = async (): Promise<string> => (await import('node:path')).basename('/a/b');
  // Jest itself allows no import() here.
  expect(relayed(f)).toBeInstanceOf(Function);
});
