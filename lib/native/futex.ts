import { types } from 'node:util';
import { libc } from './libc';

/*
 * To sleep until a word changes. The language can do that in memory of its own only; in a file, the system does.
 */

/** Sleeps while the word is `value`, up to so many milliseconds. Blocks the thread. */
export function futexWait(words: Int32Array, index: number, value: number, milliseconds: number): void {
  if (types.isSharedArrayBuffer(words.buffer)) Atomics.wait(words, index, value, milliseconds);
  else libc().futexWait(words.subarray(index, index + 1), value, milliseconds);
}

/**
 * Wakes those who sleep there.
 *
 * @param count - so many of them. @default all
 * @returns how many were woken.
 */
export function futexWake(words: Int32Array, index: number, count?: number): number {
  if (types.isSharedArrayBuffer(words.buffer)) return Atomics.notify(words, index, count);
  return libc().futexWake(words.subarray(index, index + 1), count);
}
