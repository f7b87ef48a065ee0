/*
 * What blocks in the clothes of what promises, so that the same can be asked of both facades: it blocks for a moment at
 * a time, and in between the event loop has a turn, in which a test does what is waited for.
 */

/** How long one call blocks, in seconds. */
const SLICE = 0.05;

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Nothing came of it in its slice. */
export const LATE = Symbol('late');

/** Calls what blocks, with the seconds of a slice, until it is not {@link LATE} or `timeout` seconds have passed. */
export async function inSlices<T>(
  call: (seconds: number) => T | typeof LATE,
  timeout: number | null,
): Promise<T | typeof LATE> {
  const deadline = timeout === null ? Infinity : performance.now() + timeout * 1000;
  for (;;) {
    await turn();
    const left = (deadline - performance.now()) / 1000;
    const answer = call(Math.min(SLICE, left));
    if (answer !== LATE || left <= SLICE) return answer;
  }
}

type Method = (this: object, ...args: unknown[]) => unknown;

/** A class of the same name that has some methods in other words; `bare` is the method that blocks. */
export function inClothes<C extends abstract new (...args: never[]) => object>(
  Class: C,
  methods: Readonly<Record<string, (self: object, bare: Method, args: unknown[]) => unknown>>,
): C {
  const Parent = Class as unknown as new (...args: unknown[]) => object;
  const Clothes = { [Class.name]: class extends Parent {} }[Class.name] as unknown as C;
  for (const [name, method] of Object.entries(methods)) {
    const bare = (Class.prototype as Record<string, Method>)[name] as Method;
    const value: Method = function (...args) {
      return method(this, bare, args);
    };
    Object.defineProperty(Clothes.prototype, name, { value, configurable: true, writable: true });
  }
  return Clothes;
}
