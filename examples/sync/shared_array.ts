/** Four processes fill one array in shared memory, each its part, and add what they have done to one value. */
import { Array as SharedArray, Process, Value } from 'multiprocessing-ts/sync';
import { len, print, range } from 'multiprocessing-ts/sync/builtins';

const SIZE = 20;
const WORKERS = 4;

const squares = SharedArray('d', SIZE);
const total = Value('d', 0);

function fill(array: typeof squares, sum: typeof total, part: number) {
  const step = SIZE / WORKERS;
  let own = 0;
  for (const i of range(part * step, (part + 1) * step)) {
    array[i] = i * i;
    own += array.at(i);
  }
  using _ = sum.hold();
  sum.value += own;
}

function main() {
  const workers = [...range(WORKERS)].map((i) => new Process({ target: fill, args: [squares, total, i] }));
  for (const p of workers) p.start();
  for (const p of workers) p.join();

  print(squares.slice());
  print(squares.slice(null, null, -5));
  print(squares[-1]);
  print(total.value);

  // The memory itself: numeric code runs at full speed on it.
  const sum = squares.buffer.reduce((a, b) => a + b);
  print(sum === total.value);

  // Text is bytes, as in Python.
  const text = SharedArray('c', 8);
  text.value = Buffer.from('hello');
  print(text.value, len(text), text.raw);
}

if (require.main === module) main();
