// node spec/stress/gigabyte.mjs [mebibytes]
// Sends one GiB to a worker and back, once, and checks every byte.
import { createHash } from 'node:crypto';
import { Pool } from 'multiprocessing-ts';

const size = Number(process.argv[2] ?? 1024) * 2 ** 20;
const data = Buffer.allocUnsafe(size);
for (let i = 0; i < size; i += 8) data.writeDoubleLE(i * 1.000001, i);
const hash = (bytes) => createHash('sha1').update(bytes).digest('hex');
const expected = hash(data);

const pool = new Pool(1);
await pool.apply(() => 0);
const start = performance.now();
const { there, back } = await pool.apply(
  (bytes) => ({
    there: process.getBuiltinModule('crypto').createHash('sha1').update(bytes).digest('hex'),
    back: bytes,
  }),
  [data],
);
const seconds = (performance.now() - start) / 1000;
const right = there === expected && back.length === size && hash(back) === expected;
await pool.terminate();
console.log(`${size / 2 ** 20} MiB there and back: ${right ? 'right' : 'WRONG'}, ${seconds.toFixed(1)} s`);
process.exitCode = right ? 0 : 1;
