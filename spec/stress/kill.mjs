// node spec/stress/kill.mjs [seconds] [seed]
// Workers are killed at random under a load of mixed calls. Nothing may be lost (every call settles), nothing may run
// twice, no more calls may fail by WorkerLostError than workers were killed, and nobody may be left at the end.
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool, TimeoutError } from 'multiprocessing-ts';
import { WorkerLostError } from 'multiprocessing-ts/pool';

const seconds = Number(process.argv[2] ?? 60);
let seed = Number(process.argv[3] ?? Date.now() % 1e9) >>> 0 || 1;
console.log(`${seconds} s, seed ${seed}`);

/** Mulberry32: the calls of a run can be made again, the moments of the kills cannot. */
function random() {
  seed = (seed + 0x6d2b79f5) >>> 0;
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const upTo = (n) => Math.floor(random() * n);
const pick = (list) => list[upTo(list.length)];

const directory = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-kill-'));
const file = join(directory, 'started');
closeSync(openSync(file, 'a'));

/** Runs in the worker: says that it has started, takes its time, gives back what it got. */
function task(id, milliseconds, size) {
  const fs = process.getBuiltinModule('fs');
  globalThis.log ??= fs.openSync(file, 'a');
  fs.writeSync(globalThis.log, `${id}\n`);
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return size > 0 ? Buffer.alloc(size, id % 256) : id;
}
async function asyncTask(id, milliseconds) {
  const fs = process.getBuiltinModule('fs');
  globalThis.log ??= fs.openSync(file, 'a');
  fs.writeSync(globalThis.log, `${id}\n`);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return id;
}

/** Zombies do not count: they have not been waited for yet. */
function children() {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
        return Number(parent) === process.pid && state !== 'Z';
      } catch {
        return false;
      }
    });
}

const counts = { calls: 0, items: 0, done: 0, lost: 0, timeouts: 0, aborts: 0, kills: 0, pools: 0 };
const violations = [];
const violate = (text) => {
  violations.push(text);
  console.log(`VIOLATION ${text}`);
};
const pending = new Map();
let nextId = 1;
let spent = false;

/** What a call may fail with. */
function failed(error, { timeout, aborted }) {
  if (error instanceof WorkerLostError) {
    counts.lost++;
    if (error.pid <= 0 || (error.signal === null && error.exitcode === null))
      violate(`strange death: ${error.message}`);
  } else if (error instanceof TimeoutError && timeout !== null) counts.timeouts++;
  else if (error === 'abort' && aborted) counts.aborts++;
  else violate(`unexpected error: ${error?.stack ?? error}`);
}

function track(name, promise) {
  const key = Symbol(name);
  pending.set(key, `${name} since ${new Date().toISOString()}`);
  return promise
    .catch((error) => violate(`${name}: ${error?.stack ?? error}`))
    .finally(() => pending.delete(key));
}

const duration = () => (random() < 0.9 ? random() * 0.5 : random() * 30);

async function one(pool) {
  counts.calls++;
  const id = nextId++;
  counts.items++;
  const timeout = random() < 0.1 ? 0.02 : null;
  const controller = random() < 0.1 ? new AbortController() : null;
  if (controller !== null) setTimeout(() => controller.abort('abort'), random() * 20);
  const size = random() < 0.02 ? upTo(1 << 20) : 0;
  const options = { timeout, signal: controller?.signal ?? null };
  const asynchronous = random() < 0.2;
  try {
    const value = asynchronous
      ? await pool.apply_async(asyncTask, { args: [id, duration()], ...options }).get()
      : await pool.apply_async(task, { args: [id, duration(), size], ...options }).get();
    if (Buffer.isBuffer(value)) {
      if (value.length !== size || value.some((byte) => byte !== id % 256)) violate(`wrong bytes for ${id}`);
    } else if (value !== id) violate(`${id} returned ${value}`);
    counts.done++;
  } catch (error) {
    failed(error, { timeout, aborted: controller?.signal.aborted });
  }
}

async function many(pool) {
  counts.calls++;
  const n = 1 + upTo(200);
  const ids = Array.from({ length: n }, () => nextId++);
  counts.items += n;
  const chunksize = pick([1, 1, 3, 20]);
  const run = (id) => task(id, id % 50 === 0 ? 5 : 0.02, 0);
  try {
    const values = await pool.map(run, ids, chunksize);
    if (values.length !== n || values.some((value, i) => value !== ids[i]))
      violate(`map of ${n} is out of order`);
    counts.done++;
  } catch (error) {
    failed(error, { timeout: null, aborted: false });
  }
}

async function iterated(pool, ordered) {
  counts.calls++;
  const n = 1 + upTo(200);
  const ids = Array.from({ length: n }, () => nextId++);
  counts.items += n;
  const buffersize = random() < 0.5 ? 1 + upTo(20) : null;
  const run = (id) => task(id, id % 50 === 0 ? 5 : 0.02, 0);
  const results = ordered
    ? pool.imap(run, ids, { chunksize: 1, buffersize })
    : pool.imap_unordered(run, ids, { chunksize: 1, buffersize });
  const got = [];
  let lost = 0;
  for (;;) {
    try {
      const { value, done } = await results.next();
      if (done) break;
      got.push(value);
    } catch (error) {
      lost++;
      failed(error, { timeout: null, aborted: false });
    }
  }
  if (got.length + lost !== n) violate(`imap of ${n} gave ${got.length} results and ${lost} losses`);
  if (new Set(got).size !== got.length) violate('imap gave an item twice');
  if (ordered && got.some((id, i) => i > 0 && id <= got[i - 1])) violate('imap is out of order');
  counts.done++;
}

/** A worker that is killed before its first call is no loss, but a pool of which all are, often, is broken. */
async function killer() {
  while (!spent) {
    await new Promise((resolve) => setTimeout(resolve, 20 + random() * 200));
    const victim = pick(children());
    if (victim === undefined) continue;
    const how = pick(['SIGKILL', 'SIGSEGV', 'SIGTERM', 'SIGSTOP']);
    counts.kills++;
    try {
      process.kill(victim, how);
      if (how === 'SIGSTOP') {
        const later = 10 + random() * 100;
        setTimeout(() => {
          try {
            process.kill(victim, 'SIGKILL');
          } catch {
            // Its pool was faster.
          }
        }, later);
      }
    } catch {
      // It had ended.
    }
  }
}

/** Keeps the pool busy with calls of all kinds. */
async function under(pool, until) {
  while (!spent && Date.now() < until) {
    const calls = [];
    for (let i = 1 + upTo(60); i > 0; i--) calls.push(track('apply_async', one(pool)));
    if (random() < 0.5) calls.push(track('map', many(pool)));
    if (random() < 0.5) calls.push(track('imap', iterated(pool, true)));
    if (random() < 0.5) calls.push(track('imap_unordered', iterated(pool, false)));
    await Promise.all(calls);
  }
}

async function pools() {
  while (!spent) {
    const maxtasksperchild = random() < 0.4 ? 1 + upTo(50) : null;
    const pool = new Pool(1 + upTo(4), { maxtasksperchild });
    counts.pools++;
    const until = Date.now() + 3000 + random() * 7000;
    await Promise.all([under(pool, until), under(pool, until)]);
    pool.close();
    await track('join', pool.join());
  }
}

setTimeout(() => (spent = true), seconds * 1000);
const watchdog = setTimeout(
  () => {
    violate(
      `these calls never settled:\n  ${[...pending.values()].slice(0, 20).join('\n  ')}\n  (${pending.size})`,
    );
    finish();
  },
  seconds * 1000 + 60_000,
);

const permanent = new Pool(3);
await Promise.all([under(permanent, Infinity), pools(), killer()]);
permanent.close();
await permanent.join();
clearTimeout(watchdog);
finish();

function finish() {
  const started = readFileSync(file, 'utf8').trim().split('\n').map(Number);
  const times = new Map();
  for (const id of started) times.set(id, (times.get(id) ?? 0) + 1);
  const twice = [...times].filter(([, n]) => n > 1);
  if (twice.length > 0) violate(`ran more than once: ${twice.slice(0, 20).map(([id, n]) => `${id} (${n})`)}`);
  if (counts.lost > counts.kills) violate(`${counts.lost} calls lost by ${counts.kills} kills`);
  const left = children();
  if (left.length > 0) violate(`left behind: ${left}`);
  rmSync(directory, { recursive: true });
  console.log({ ...counts, started: started.length, violations: violations.length });
  process.exit(violations.length > 0 ? 1 : 0);
}
