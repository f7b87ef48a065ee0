import { readlinkSync } from 'node:fs';

let number: number | null = null;

/** The system's number of this thread; 0 where only the system knows it (anywhere but on Linux). */
export function nativeThread(): number {
  return (number ??= read());
}

function read(): number {
  try {
    // `1234/task/1240`
    return Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0] ?? 0);
  } catch {
    return 0;
  }
}
