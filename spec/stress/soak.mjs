// node --expose-gc spec/stress/soak.mjs [minutes]
// Pools come and go, calls of all kinds run in them; memory, descriptors and children must not grow.
import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'multiprocessing-ts';

const minutes = Number(process.argv[2] ?? 5);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** How much more than after the first tenth may be held at the end, in MiB. */
const ALLOWED = 20;

function children() {
  return readdirSync('/proc').filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1]) === process.pid;
    } catch {
      return false;
    }
  });
}

async function measure(permanent) {
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const [worker] = await permanent.map(() => {
    globalThis.collect ??= (() => {
      process.getBuiltinModule('v8').setFlagsFromString('--expose-gc');
      return process.getBuiltinModule('vm').runInNewContext('gc');
    })();
    for (let i = 0; i < 3; i++) globalThis.collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  }, [0]);
  return {
    parent: (heapUsed + arrayBuffers) / 2 ** 20,
    worker: worker / 2 ** 20,
    rss: rss / 2 ** 20,
    fds: readdirSync('/proc/self/fd').length,
    children: children().length,
  };
}

let calls = 0;
let pools = 0;
async function load(pool, round) {
  const data = { round, list: Array.from({ length: 20 }, (_, i) => ({ i, text: `item ${i} of ${round}` })) };
  const results = Array.from({ length: 200 }, (_, i) => pool.apply((n) => n + data.list.length, [i]));
  const squares = pool.map(
    (n) => n * n,
    Array.from({ length: 5000 }, (_, i) => i),
  );
  const failing = pool.apply(() => {
    throw Object.assign(new RangeError(`round ${round}`), { data });
  });
  const aborter = new AbortController();
  const aborted = pool
    .apply_async(() => new Promise((resolve) => setTimeout(resolve, 1e6)), { signal: aborter.signal })
    .get();
  const rejected = [failing, aborted].map((promise) =>
    promise.then(
      () => violate('it succeeded'),
      () => undefined,
    ),
  );
  setTimeout(() => aborter.abort(), 20);
  let n = 0;
  for await (const each of pool.imap((b) => b.length, buffers(), { buffersize: 4 })) n += each;
  for await (const each of pool.imap_unordered((x) => x, endless(), { buffersize: 8 })) if (each > 100) break;
  await Promise.all([...results, squares]);
  await Promise.all(rejected);
  if (n !== 10 * 100_000) violate(`imap gave ${n}`);
  calls += 200 + 1 + 2 + 10 + 100;
}
function* buffers() {
  for (let i = 0; i < 10; i++) yield Buffer.alloc(100_000, i);
}
function* endless() {
  for (let i = 0; ; i++) yield i;
}

let violations = 0;
function violate(text) {
  violations++;
  console.log(`VIOLATION ${text}`);
}

const permanent = new Pool(1);
const start = Date.now();
const end = start + minutes * 60_000;
let base = null;
let shown = start;
for (let round = 0; Date.now() < end; round++) {
  const pool = new Pool(2, { maxtasksperchild: round % 3 === 0 ? 100 : null });
  pools++;
  await Promise.all([load(pool, round), load(permanent, round)]);
  if (round % 2 === 0) await pool.terminate();
  else {
    pool.close();
    await pool.join();
  }
  if (base === null ? Date.now() - start > (end - start) / 10 : Date.now() - shown > 30_000) {
    shown = Date.now();
    const last = await measure(permanent);
    base ??= last;
    console.log(`${((Date.now() - start) / 1000).toFixed()} s`, calls, 'calls', pools, 'pools', last);
  }
}
const last = await measure(permanent);
console.log('end', calls, 'calls', pools, 'pools', last);
if (last.parent > base.parent + ALLOWED) violate('the parent has grown');
if (last.worker > base.worker + ALLOWED) violate('the worker has grown');
if (last.fds > base.fds + 4) violate('descriptors are left');
if (last.children > base.children + 1) violate('children are left');
await permanent.terminate();
process.exitCode = violations > 0 ? 1 : 0;
