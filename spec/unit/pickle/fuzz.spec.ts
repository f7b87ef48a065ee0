import { PickleCodec, tuple, TimeZone } from '../../../lib/pickle';
import { ValueError } from '../../../lib/util/exceptions';

interface Fuzz {
  inputs(seed: number, corpus: readonly Buffer[]): Generator<Buffer>;
  run(codec: PickleCodec, input: Uint8Array): string;
}
const { inputs, run } = require('./fuzz.cjs') as Fuzz;

/** spec/stress/pickle.mjs runs more of them from other seeds, and those that CPython made. */
const COUNT = 100_000;
const MOST_MEMORY = 64 * 2 ** 20;

const codec = new PickleCodec();
const corpus = [
  tuple('id', 'method', tuple(1), {}),
  {
    a: [1, 70000, -1, 0.5, 'text', Buffer.from('x')],
    b: new Set([2n ** 70n]),
    c: new Map([[tuple(1), null]]),
  },
  [new Date(0), TimeZone.utc, new Int32Array(3), new ValueError('x'), tuple('€', '\ud800')],
].map((value) => Buffer.from(codec.dumps(value)));

test(`${COUNT} damaged pickles are read, or refused with an error of Python's`, () => {
  const outcomes = new Map<string, number>();
  let before = process.memoryUsage().arrayBuffers;
  let most = 0;
  let count = 0;
  for (const input of inputs(5, corpus)) {
    if (count++ === COUNT) break;
    const outcome = run(codec, input);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (count % 100 > 0) continue;
    // What a hundred have taken: when garbage is collected is chance.
    const now = process.memoryUsage().arrayBuffers;
    most = Math.max(most, now - before);
    before = now;
  }
  // Each way was taken, or the inputs are no test of it.
  for (const outcome of ['read', 'UnpicklingError', 'EOFError', 'ValueError']) {
    expect(outcomes.get(outcome)).toBeGreaterThan(10);
  }
  expect(most).toBeLessThan(MOST_MEMORY);
}, 60_000);
