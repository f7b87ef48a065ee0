import { openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory if there is a file system in memory, else the cache of a temporary file that is never written out. */
const DIRECTORIES = ['/dev/shm', tmpdir()];

/**
 * The descriptor of a file that has no name any more: whoever holds it shares it, and when nobody does it is gone,
 * however they ended.
 */
export function openNameless(): number {
  // Exclusive creation is what makes the name ours; chance only makes a second try unlikely.
  const chance = Math.random().toString(36).slice(2);
  let reason: unknown;
  for (const directory of DIRECTORIES) {
    const path = join(directory, `multiprocessing-ts-${process.pid}-${chance}`);
    try {
      const fd = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      return fd;
    } catch (error) {
      reason = error;
      if (isOutOfFiles(error)) break;
    }
  }
  throw reason;
}

export function isOutOfFiles(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EMFILE' || code === 'ENFILE';
}
