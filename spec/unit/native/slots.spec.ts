import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { arena } from '../../../lib/native/arena';
import { Head, SLOT_WORDS, Slot, SLOTS } from '../../../lib/native/layout';
import { idOf, Slots } from '../../../lib/native/slots';
import { SystemLives } from '../../../lib/native/system_lives';

const lives = new SystemLives();
const startOf = (tid: number): number | null | undefined => lives.startOf(tid);

/** The number of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

/** Fills a slot as somebody else would have. */
function occupy(slots: Slots, id: number, holder: { tid: number; start: number }, generation = 5): number {
  const token = generation * SLOTS + id;
  const head = arena().mapping.words(0, Head.Free);
  head[Head.Slots] = Math.max(head[Head.Slots]!, id + 1);
  slots.store(id, Slot.Pid, holder.tid);
  slots.store(id, Slot.Tid, holder.tid);
  slots.store(id, Slot.Start, holder.start);
  slots.store(id, Slot.Token, token);
  return token;
}

const alive = (): { tid: number; start: number } => ({
  tid: process.ppid,
  start: startOf(process.ppid) as number,
});

describe('who lives', () => {
  test('a thread knows itself', () => {
    const { slots } = arena();
    expect(slots.isAlive(slots.token)).toBe(true);
    expect(slots.pidOf(slots.token)).toBe(process.pid);
  });

  test('a process that is there, for as long as it is there', () => {
    const { slots } = arena();
    const token = occupy(slots, 700, alive());
    expect(slots.isAlive(token)).toBe(true);
    expect(slots.pidOf(token)).toBe(process.ppid);
    // Another token of the slot is not it.
    expect(slots.isAlive(token + SLOTS)).toBe(false);
    slots.store(700, Slot.Token, 0);
    expect(slots.isAlive(token)).toBe(false);
    expect(slots.pidOf(token)).toBeNull();
  });

  test('not one that has ended; its slot is free then', () => {
    const { slots } = arena();
    const token = occupy(slots, 701, { tid: deadPid(), start: 1 });
    expect(slots.isAlive(token)).toBe(false);
    expect(slots.load(701, Slot.Token)).toBe(0);
  });

  test('not one whose number another has now', () => {
    const { slots } = arena();
    const { tid, start } = alive();
    expect(slots.isAlive(occupy(slots, 702, { tid, start: start - 1 }))).toBe(false);
  });

  test('not a zombie', async () => {
    const { slots } = arena();
    // It does not ask what has become of its child.
    const script = 'sleep 0 & echo $!; exec sleep 30';
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [first] = (await parent.stdout.take(1).toArray()) as [Buffer];
    const pid = Number(String(first));
    const isZombie = (): boolean => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(' Z ');
    while (!isZombie()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(startOf(pid)).toBeNull();
    expect(slots.isAlive(occupy(slots, 703, { tid: pid, start: 1 }))).toBe(false);
    parent.kill('SIGKILL');
    await new Promise((resolve) => parent.once('exit', resolve));
  });

  test('a thread that was ended is dead while its process lives', async () => {
    const { slots } = arena();
    const thread = new Worker(
      `const { parentPort } = require('node:worker_threads');
       parentPort.postMessage(Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').pop()));
       setInterval(() => undefined, 1000);`,
      { eval: true },
    );
    const tid = await new Promise<number>((resolve) => thread.once('message', resolve));
    const token = occupy(slots, 704, { tid, start: startOf(tid) as number });
    expect(slots.isAlive(token)).toBe(true);
    await thread.terminate();
    while (startOf(tid) !== null) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(slots.isAlive(token)).toBe(false);
  });
});

describe('slots', () => {
  test('are given again when those who had them are dead, however many there were', () => {
    const { slots, mapping } = arena();
    const dead = { tid: deadPid(), start: 1 };
    for (let id = 0; id < SLOTS; id++) if (id !== slots.id) occupy(slots, id, dead);
    const first = new Slots(mapping, lives);
    expect(first.id).not.toBe(slots.id);
    expect(first.token).toBeGreaterThan(0);
    expect(idOf(first.token)).toBe(first.id);
    // Who took the slot is told apart from who had it.
    expect(first.token).not.toBe(5 * SLOTS + first.id);
    clear(slots, [slots.id]);
  });

  test('are looked through a few at a time, so that the dead are few', () => {
    const { slots, mapping } = arena();
    const dead = { tid: deadPid(), start: 1 };
    // As when workers come and are killed one after the other.
    for (let i = 0; i < 300; i++) {
      const next = new Slots(mapping, lives);
      occupy(slots, next.id, dead);
    }
    expect(slots.used).toBeLessThan(SLOTS);
    const taken = Array.from({ length: slots.used }, (_, id) => slots.load(id, Slot.Token)).filter(Boolean);
    expect(taken.length).toBeLessThan(20);
    clear(slots, [slots.id]);
  });

  test('that somebody was killed in who was about to move in are given again', () => {
    const { slots, mapping } = arena();
    const dead = deadPid();
    for (let id = 0; id < SLOTS; id++) if (id !== slots.id) slots.store(id, Slot.Token, -dead);
    expect(new Slots(mapping, lives).token).toBeGreaterThan(0);
    clear(slots, [slots.id]);
  });

  test('can all be taken, by who lives', () => {
    const { slots, mapping } = arena();
    for (let id = 0; id < SLOTS; id++) if (id !== slots.id) occupy(slots, id, alive());
    expect(() => new Slots(mapping, lives)).toThrow('more than 1024 processes and threads share memory');
    clear(slots, [slots.id]);
  });

  test('are given with nothing that the last one waited for', () => {
    const { slots, mapping } = arena();
    const id = Array.from({ length: SLOTS }, (_, each) => each).find(
      (each) => slots.load(each, Slot.Token) === 0,
    ) as number;
    slots.buckets.fill(-1);
    const next = new Slots(mapping, lives);
    expect(next.id).toBe(id);
    const bits = Array.from(
      { length: 256 },
      (_, bucket) => slots.buckets[bucket * 32 + (id >> 5)]! & (1 << (id & 31)),
    );
    expect(bits.every((bit) => bit === 0)).toBe(true);
    slots.buckets.fill(0);
    clear(slots, [slots.id]);
  });
});

/** As it was before, but for some slots. */
function clear(slots: Slots, but: readonly number[]): void {
  for (let id = 0; id < SLOTS; id++) {
    if (!but.includes(id)) slots.words.fill(0, id * SLOT_WORDS, id * SLOT_WORDS + SLOT_WORDS);
  }
  arena().mapping.words(0, Head.Free)[Head.Slots] = Math.max(...but) + 1;
}
