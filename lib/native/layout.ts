/**
 * Where things lie in the file that a family of processes shares. All of it is valid as zeros, so that nobody has to
 * prepare it. Offsets are in bytes; what is counted in granules may be 2^31 of them, 128 GiB.
 */

/** The unit of allocation: a cache line, so that two locks do not slow each other down. */
export const GRANULE = 64;
/** Files are mapped in windows of this size; a small block lies in one window. */
export const WINDOW = 4 << 20;
/** The file is this long and almost all hole: what nobody has written takes no memory. */
export const FILE_LENGTH = 2 ** 37;

/** Words (of 4 bytes) of the allocator, from the start of the file. */
export const Heap = {
  /** The thread that allocates right now. */
  Owner: 0,
  /** Granules handed out so far, above the head of the file. */
  Break: 1,
  /** Granules that the system has promised memory for. */
  Reserved: 2,
  /** Slots from this one on were never taken. */
  Slots: 3,
  /** The first free block of each size class. */
  Free: 16,
} as const;
/** Blocks of 1, 2, 4 … granules: up to 64 GiB. */
export const CLASSES = 31;

/** Who takes part: one slot for each thread of each process. */
export const SLOTS_AT = 4096;
export const SLOTS = 1024;
export const SLOT_WORDS = 16;
/** Words of a slot. */
export const Slot = {
  /** {@link token} of who has it; 0: nobody. */
  Token: 0,
  Pid: 1,
  Tid: 2,
  /** When the thread was started, on the system's clock, in two words: numbers of threads are used again. */
  Start: 3,
  /** The bell has rung and was not heard yet. */
  Rung: 5,
  /** The descriptor of the bell's writing end in that process, plus 1; 0: it has none. */
  Bell: 6,
  /** It sleeps in a futex on {@link Slot.Rung}. */
  Asleep: 7,
  /** How often the slot was given away. */
  Generation: 8,
} as const;

/** Who waits: for each bucket of addresses a bit for each slot. */
export const BUCKETS_AT = SLOTS_AT + SLOTS * SLOT_WORDS * 4;
export const BUCKETS = 256;
export const BUCKET_WORDS = SLOTS / 32;

/** The head of the file; blocks come after it. */
export const HEAD = 128 << 10;
