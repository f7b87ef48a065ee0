/**
 * Memory between threads. Python's threads share every object, and need a lock; these share what lies in a
 * SharedArrayBuffer, and Atomics is the lock. Other memory is copied, or moved.
 */
import { Pool } from 'multiprocessing-ts';
import { print, range } from 'multiprocessing-ts/builtins';
import { ThreadPool, transfer } from 'multiprocessing-ts/pool';

async function main() {
  await using pool = new ThreadPool(4);

  // The closure names the memory, so all threads count in the same ten cells.
  const digits = new Int32Array(new SharedArrayBuffer(10 * Int32Array.BYTES_PER_ELEMENT));
  await pool.map((n) => {
    for (const digit of String(n)) Atomics.add(digits, Number(digit), 1);
  }, range(10_000));
  print([...digits]);

  // Each thread writes rows of its own: no lock is needed.
  const [width, height] = [80, 60];
  const picture = new Uint8Array(new SharedArrayBuffer(width * height));
  await pool.map((y) => {
    for (let x = 0; x < width; x++) picture[y * width + x] = x ^ y;
  }, range(height));
  print(picture[0], picture[7 * width + 2], picture.at(-1));

  // An ordinary array is moved there, and what is made of it back: nothing is copied.
  const frame = new Uint8Array(1 << 20).fill(200);
  const inverted = await pool.apply((pixels) => transfer(pixels.map((x) => 255 - x)), [transfer(frame)]);
  print(inverted[0], inverted.length, frame.length);

  // Processes share nothing, and say so.
  await using processes = new Pool(1);
  const error = await processes.apply(() => digits[0]).catch((reason: unknown) => reason);
  if (error instanceof Error) print(error.message.split(':')[0]);
}

if (require.main === module) void main();
