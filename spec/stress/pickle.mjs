// node spec/stress/pickle.mjs [inputs] [seed]
// Damaged pickles by the hundred thousand: none crashes, hangs, or makes more than it has bytes for. Real ones are cut
// at every length. If there is a python3, it judges a part of them: what both read is the same.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const { PickleCodec, tuple } = require('../../dist/lib/pickle/index.js');
const { inputs, run } = require('../unit/pickle/fuzz.cjs');

/** In such a heap nothing fits that is not of the size of its input. */
const HEAP = 48;
/** One input; a thousandth of it is what they take. */
const MOST_MS = 2000;
const PYTHON = fileURLToPath(new URL('../unit/pickle/python.py', import.meta.url));
const JUDGED = 5000;

const EXPRESSIONS = [
  '("id", "method", (1, "x"), {"k": [1.5, None, True, 10**30]})',
  '[{"a": i, "b": [i, -i], "c": str(i)} for i in range(5)]',
  '[set([1, 2]), frozenset("ab"), b"bytes", bytearray(b"abc"), "ü€😀", (1, 2, 3, 4)]',
  '[datetime.datetime(2024, 1, 2, 3, 4, 5, 6, timezone.utc), date(2024, 1, 2), time(1), timedelta(1, 2, 3)]',
  '[ValueError("x", 1), KeyError("k"), OSError(2, "No such file", "f")]',
  '[array.array("i", [1, 2]), OrderedDict(a=1)]',
];

function python(task) {
  const { status, stdout } = spawnSync('python3', [PYTHON], {
    input: JSON.stringify({ limit: 2 ** 31, ...task }),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    timeout: 300_000,
  });
  return status === 0 ? JSON.parse(stdout) : null;
}

function work() {
  const { count, seed, corpus } = workerData;
  const codec = new PickleCodec();
  const pickles = corpus.map((bytes) => Buffer.from(bytes));
  const outcomes = {};
  let slowest = 0;
  const check = (input) => {
    const start = performance.now();
    try {
      const outcome = run(codec, input);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    } catch (error) {
      throw new Error(`input ${input.toString('hex')}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - start);
    if (slowest > MOST_MS) throw new Error(`input ${input.toString('hex')} took ${slowest} ms`);
  };
  for (const pickle of pickles) {
    for (let length = 0; length <= pickle.length; length++) check(pickle.subarray(0, length));
  }
  let left = count;
  for (const input of inputs(seed, pickles)) {
    if (left-- === 0) break;
    check(input);
  }
  console.log(`${count} inputs:`, outcomes, `the slowest took ${slowest.toFixed(1)} ms`);
}

/** What CPython reads and this does too is the same value: both write it alike. */
function judge(corpus, seed) {
  const codec = new PickleCodec();
  const some = [];
  for (const input of inputs(seed, corpus)) {
    if (some.length === JUDGED) break;
    if (input.length > 2) some.push(input);
  }
  const answer = python({ judges: some.map((input) => input.toString('hex')) });
  if (answer === null) throw new Error('python3 did not survive its own pickles');
  const both = [];
  const strange = [];
  some.forEach((input, i) => {
    let value;
    try {
      value = codec.loads(input);
    } catch {
      return;
    }
    if (answer.judged[i].shown === undefined) strange.push([input, answer.judged[i]]);
    else {
      try {
        both.push([input, Buffer.from(codec.dumps(value)).toString('hex'), answer.judged[i].shown]);
      } catch {
        // Two keys that are one in Python, or too deep.
      }
    }
  });
  const again = python({ judges: both.map(([, pickle]) => pickle) });
  let different = 0;
  both.forEach(([input, , shown], i) => {
    if (again.judged[i].shown === shown) return;
    different++;
    console.error('different', input.toString('hex'), shown, again.judged[i]);
  });
  for (const [input, { error, text }] of strange)
    console.error('read here only', input.toString('hex'), error, text);
  console.log(`${some.length} judged by python3: ${both.length} read by both, ${strange.length} here only`);
  if (different > 0) process.exitCode = 1;
}

if (!isMainThread) work();
else {
  const count = Number(process.argv[2] ?? 100_000);
  const seed = Number(process.argv[3] ?? Date.now() % 1e6);
  console.log(`seed ${seed}`);
  const answer = python({ dumps: EXPRESSIONS });
  const own = Buffer.from(
    new PickleCodec().dumps([tuple(1, 'a'), { a: new Set([1]) }, new Date(0), -1, 2n ** 64n]),
  );
  const corpus = [own, ...(answer?.dumped.flat().map(([pickle]) => Buffer.from(pickle, 'hex')) ?? [])];
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { count, seed, corpus },
    resourceLimits: { maxOldGenerationSizeMb: HEAP, maxYoungGenerationSizeMb: 16 },
  });
  worker.on('error', (error) => {
    console.error(error);
    process.exitCode = 1;
  });
  worker.on('exit', () => {
    if (answer !== null && process.exitCode === undefined) judge(corpus, seed);
  });
}
