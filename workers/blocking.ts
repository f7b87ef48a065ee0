import { writeSync } from 'node:fs';

/** What is done without the event loop. */

/** How long to wait before the next try, in milliseconds. */
const NEXT_TRY = 1;

let never: Int32Array | null = null;

export function pause(): void {
  never ??= new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(never, 0, 0, NEXT_TRY);
}

export function writeAll(fd: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      // Node has set the pipe or socket to say so instead of waiting.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      pause();
    }
  }
}
