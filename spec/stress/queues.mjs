// node spec/stress/queues.mjs [seconds] [seed]
// A million items take no more memory than one. 8 producers and 8 consumers pass 10,000 items each, exactly, as
// processes and as threads. Then producers and consumers of one queue are killed at random: nothing may come twice or
// in part, no more items may be missing than consumers were killed, and at the end the queue must still work.
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { get_context, Pool, Queue } from 'multiprocessing-ts';
import { WorkerLostError } from 'multiprocessing-ts/pool';

const seconds = Number(process.argv[2] ?? 60);
let seed = Number(process.argv[3] ?? Date.now() % 1e9) >>> 0 || 1;
console.log(`${seconds} s, seed ${seed}`);

/** Mulberry32. */
function random() {
  seed = (seed + 0x6d2b79f5) >>> 0;
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const upTo = (n) => Math.floor(random() * n);

const violations = [];
const violate = (text) => {
  violations.push(text);
  console.log(`VIOLATION ${text}`);
};

// ------------------------------------------------------------------ memory

function million() {
  const queue = new Queue();
  const fd = readdirSync('/proc/self/fd').find((each) => {
    try {
      return readlinkSync(`/proc/self/fd/${each}`).includes('multiprocessing-ts-');
    } catch {
      return false;
    }
  });
  const used = () => fstatSync(Number(fd)).blocks * 512;
  const pass = (count, first) => {
    for (let i = 0; i < count; i++) {
      queue.put_nowait('x'.repeat((first + i) % 4000));
      queue.get_nowait();
    }
  };
  pass(4000, 0);
  const before = used();
  pass(1_000_000, 0);
  if (used() !== before) violate(`the memory has grown from ${before} to ${used()} bytes`);
  console.log(`a million items: ${before} bytes of memory before, ${used()} after`);
}

// ------------------------------------------------------------ many to many

async function produceAll(queue, producer, count) {
  for (let i = 0; i < count; i++) await queue.put([producer, i]);
}

/** Counts what it gets, up to a null; tells whether each producer's items came in order. */
async function consumeAll(queue) {
  const last = {};
  let count = 0;
  let ordered = true;
  for (let item = await queue.get(); item !== null; item = await queue.get()) {
    const [producer, i] = item;
    if (i <= (last[producer] ?? -1)) ordered = false;
    last[producer] = i;
    count++;
  }
  return { count, ordered };
}

async function manyToMany(method, maxsize, producers = 8, consumers = 8, each = 10_000) {
  const pool = new (get_context(method).Pool)(producers + consumers);
  const queue = new Queue(maxsize);
  const start = performance.now();
  const numbers = (count) => Array.from({ length: count }, (_, i) => i);
  const consuming = numbers(consumers).map(() => pool.apply_async(consumeAll, [queue]));
  const producing = numbers(producers).map((i) => pool.apply_async(produceAll, [queue, i, each]));
  for (const result of producing) await result.get();
  for (let i = 0; i < consumers; i++) await queue.put(null);
  const seen = await Promise.all(consuming.map((result) => result.get()));
  await pool.terminate();
  const total = seen.reduce((sum, { count }) => sum + count, 0);
  if (total !== producers * each) violate(`${method}, maxsize ${maxsize}: ${total} items`);
  if (!seen.every(({ ordered }) => ordered)) violate(`${method}, maxsize ${maxsize}: out of order`);
  const time = Math.round(performance.now() - start);
  console.log(
    `${method}, maxsize ${maxsize}: ${total} items, ${time} ms with the start of ${producers + consumers}`,
  );
}

// ------------------------------------------------------------------- kills

const directory = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-queues-'));
const [putFile, gotFile] = ['put', 'got'].map((name) => {
  const path = join(directory, name);
  closeSync(openSync(path, 'a'));
  return path;
});

/** The bytes of an item follow from its number. */
const sizeOf = (i) => (i % 50 === 0 ? 20_000 + (i % 1000) : i % 200);

/** Puts items until it is killed, or told to stop by a file; says what is in for sure. */
async function produce(hello, queue, producer, putFile, stopFile) {
  await hello.put(process.pid);
  const fs = process.getBuiltinModule('fs');
  const log = fs.openSync(putFile, 'a');
  let i = 0;
  while (!fs.existsSync(stopFile)) {
    for (let n = 0; n < 50; n++, i++) {
      const bytes = i % 3 === 0 ? Buffer.alloc(sizeOf(i), i % 256) : 'é'.repeat(sizeOf(i));
      await queue.put({ producer, i, bytes });
      fs.writeSync(log, `${producer}/${i}\n`);
    }
  }
}

/** Takes items until it is killed, or gets a null; says what it got, and whether that was whole. */
async function consume(hello, queue, gotFile) {
  await hello.put(process.pid);
  const fs = process.getBuiltinModule('fs');
  const log = fs.openSync(gotFile, 'a');
  for (let item = await queue.get(); item !== null; item = await queue.get()) {
    const { producer, i, bytes } = item;
    const whole =
      bytes.length === sizeOf(i) &&
      (i % 3 === 0 ? bytes.every((byte) => byte === i % 256) : bytes === 'é'.repeat(sizeOf(i)));
    fs.writeSync(log, whole ? `${producer}/${i}\n` : `torn ${producer}/${i}\n`);
  }
}

const linesOf = (path) => readFileSync(path, 'utf8').split('\n').slice(0, -1);

async function kills(producers = 3, consumers = 3) {
  const stopFile = join(directory, 'stop');
  const queue = new Queue(100);
  // One worker each, so that it is known who is killed.
  const roles = [];
  let nextProducer = 0;
  const counts = { produce: 0, consume: 0 };
  let stopping = false;
  const start = (kind) => {
    const pool = new Pool(1);
    const role = { kind, pid: 0, ended: null };
    const hello = new Queue();
    const result =
      kind === 'produce'
        ? pool.apply_async(produce, [hello, queue, `p${nextProducer++}`, putFile, stopFile])
        : pool.apply_async(consume, [hello, queue, gotFile]);
    // More than once, if it is killed before it has begun: then the next worker gets the call.
    const meet = async () => {
      while (!result.ready()) role.pid = await hello.get(true, 1).catch(() => role.pid);
    };
    void meet();
    role.ended = result
      .get()
      .catch((error) => {
        if (!(error instanceof WorkerLostError)) violate(`${kind}: ${error?.stack ?? error}`);
      })
      .then(() => pool.terminate())
      .then(() => {
        roles.splice(roles.indexOf(role), 1);
        if (!stopping) start(kind);
      });
    roles.push(role);
  };
  for (let i = 0; i < producers; i++) start('produce');
  for (let i = 0; i < consumers; i++) start('consume');
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20 + upTo(200)));
    const victims = roles.filter(({ pid }) => pid !== 0);
    const victim = victims[upTo(victims.length)];
    if (victim === undefined) continue;
    try {
      process.kill(victim.pid, 'SIGKILL');
      counts[victim.kind]++;
    } catch {
      // It has ended.
    }
    victim.pid = 0;
  }
  stopping = true;
  closeSync(openSync(stopFile, 'a'));
  await Promise.all(roles.filter(({ kind }) => kind === 'produce').map(({ ended }) => ended));
  const left = roles.map(({ ended }) => ended);
  for (let i = 0; i < left.length; i++) await queue.put(null);
  await Promise.all(left);

  const got = linesOf(gotFile);
  const torn = got.filter((line) => line.startsWith('torn'));
  for (const line of torn) violate(line);
  const seen = new Set(got);
  if (seen.size !== got.length) violate(`${got.length - seen.size} items came twice`);
  // Who was killed as it took a null has left one: a null more was put than there were consumers.
  const missing = linesOf(putFile).filter((line) => !seen.has(line));
  if (missing.length > counts.consume)
    violate(`${missing.length} items are missing, ${counts.consume} consumers were killed`);
  await queue.put('after');
  if ((await queue.get(true, 5)) !== 'after') violate('the queue does not work any more');
  console.log(
    `${got.length} items; killed ${counts.produce} producers and ${counts.consume} consumers; ${missing.length} items went with them`,
  );
}

million();
for (const method of ['spawn', 'thread']) for (const maxsize of [0, 10]) await manyToMany(method, maxsize);
await kills();
rmSync(directory, { recursive: true, force: true });
console.log(violations.length === 0 ? 'ok' : `${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
