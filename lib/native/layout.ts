/**
 * Where things lie in the file that a family of processes shares. All of it is valid as zeros, so that nobody has to
 * prepare it. Offsets are in bytes; what is counted in granules may be 2^31 of them, 128 GiB.
 */

/** The unit of allocation: a cache line, so that two locks do not slow each other down. */
export const GRANULE = 64;
/**
 * What lies in one window is seen through one ArrayBuffer. Blocks that are larger have their own: V8 counts what it
 * sees as memory that it may win back, and collects garbage for every 64 MiB of it.
 */
export const WINDOW = 1 << 20;
/** The file may become this long. */
export const REACH = 2 ** 37;

/** Words (of 4 bytes) at the start of the file. */
export const Head = {
  /** The thread that allocates right now. */
  Lock: 0,
  /** Granules of the file that are in use: whole windows; 0: the first one. */
  Break: 1,
  /** The window that small blocks are cut from: its first granule that nobody has, and its end; 0: the first one. */
  Cut: 2,
  CutEnd: 3,
  /** Slots from this one on were never taken. */
  Slots: 4,
  /** Where the next search for dead slots begins. */
  Sweep: 5,
  /** The name of the memory, if it is no file: below 0. */
  Name: 6,
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
  /** The token of who has it; 0: nobody; below 0: of a thread with that number, which moves in. */
  Token: 0,
  Pid: 1,
  Tid: 2,
  /** Numbers of threads are used again: see lives.ts. */
  Start: 3,
  /** The bell has rung and was not heard yet. */
  Rung: 4,
  /** It has a bell: the descriptor of that in its process, plus 1, if it is a pipe; 0: it has none. */
  Bell: 5,
  /** The system's name of the bell: numbers of descriptors are used again. */
  BellInode: 6,
  /** It sleeps in a futex on {@link Slot.Rung}. */
  Asleep: 7,
  /** How often the slot was given away. */
  Generation: 8,
} as const;

/** Who waits: for each bucket of addresses a bit for each slot. */
export const BUCKETS_AT = SLOTS_AT + SLOTS * SLOT_WORDS * 4;
export const BUCKETS = 256;
export const BUCKET_WORDS = SLOTS / 32;

/** The head of the file. Blocks come after it, in the first window as well. */
export const HEAD = 128 << 10;
