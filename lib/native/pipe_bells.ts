import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { Bells, Ring, type HungBell, type RingId } from './bells';
import { Slot } from './layout';
import { libc, O_CLOEXEC, O_NONBLOCK, systemError } from './libc';
import type { Notes } from './notes';
import { idOf, type Slots } from './slots';

const RING = Uint8Array.of(1);
const O_WRONLY = 1;
const O_RDWR = 2;
const EAGAIN = 11;

/** The bells of all threads of a family: pipes, into which others write a byte. Linux lets them open it by its descriptor there. */
export class PipeBells extends Bells {
  override readonly isDeaf = false;
  readonly #notes: Notes;
  #fd = -1;
  readonly #sink = new Uint8Array(64);

  constructor(slots: Slots, notes: Notes) {
    super(slots);
    this.#notes = notes;
  }

  override hang(heard: () => void): HungBell {
    const fd = makeBell();
    this.#fd = fd;
    const bell = new Socket({ fd, readable: true, writable: false });
    bell.on('data', heard);
    bell.on('error', () => undefined);
    const { slots } = this;
    const { id } = slots;
    slots.store(id, Slot.BellInode, inodeOf(fd) ?? 0);
    slots.store(id, Slot.Bell, fd + 1);
    // Who rang before has found no bell, and does not ring again.
    if (slots.load(id, Slot.Rung) !== 0) libc().write(fd, RING);
    return bell.unref();
  }

  override get fd(): number {
    return this.#fd;
  }

  override silence(): void {
    while (libc().read(this.#fd, this.#sink) === this.#sink.length);
  }

  protected override strike(id: number, token: number): RingId {
    const bell = this.#notes.bell(id, token) ?? this.#find(token);
    const result = bell === null ? null : libc().write(bell, RING);
    // A full pipe is as good as a ring.
    if (result !== null && (result > 0 || result === -EAGAIN)) return Ring.Now;
    // It is dead, or it cannot be reached and looks by itself.
    this.#notes.forget(id, token);
    return this.slots.isAlive(token) ? Ring.Before : Ring.Dead;
  }

  /** Opens the bell of another thread. `null`: it is gone. */
  #find(token: number): number | null {
    const id = idOf(token);
    const path = `/proc/${this.slots.load(id, Slot.Pid)}/fd/${this.slots.load(id, Slot.Bell) - 1}`;
    const fd = libc().open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return null;
    // If the thread has ended meanwhile, that number may be any file of its process.
    if (inodeOf(fd) !== this.slots.load(id, Slot.BellInode)) {
      libc().close(fd);
      return null;
    }
    const before = this.#notes.note(id, token, fd);
    if (before === null) return fd;
    libc().dup(fd, before);
    libc().close(fd);
    this.#notes.moved(id, token);
    return before;
  }
}

/** A pipe with both ends in one descriptor: node closes that when the thread ends, however it does. */
function makeBell(): number {
  const [reading, writing] = libc().pipe();
  const fd = libc().open(`/proc/self/fd/${reading}`, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  libc().close(reading);
  libc().close(writing);
  if (fd < 0) throw systemError('open', -fd);
  return fd;
}

/** The word that names a pipe; `null` for any other file. */
function inodeOf(fd: number): number | null {
  const stat = fstatSync(fd);
  return stat.isFIFO() ? stat.ino | 0 : null;
}
