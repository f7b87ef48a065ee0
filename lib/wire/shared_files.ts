import { closeSync, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileClaims } from './file_claims';

/** Memory if there is a file system in memory, else the cache of a temporary file that is never written out. */
const DIRECTORIES = ['/dev/shm', tmpdir()];

/**
 * The two files that a worker shares with its parent. They have no name: each
 * is unlinked as soon as it is open, so nothing is left behind however the
 * processes end.
 */
export class SharedFiles {
  readonly claims: FileClaims;
  readonly journal: number;

  /** @param claims - the descriptors of two files that have no name. */
  constructor(claims: number, journal: number) {
    this.claims = new FileClaims(claims);
    this.journal = journal;
  }

  static #available: boolean | null = null;

  /** Can calls be claimed on this machine? Windows shares no offset between processes. */
  static available(): boolean {
    SharedFiles.#available ??= process.platform !== 'win32' && SharedFiles.#works();
    return SharedFiles.#available;
  }

  static #works(): boolean {
    try {
      closeSync(openNameless());
      return true;
    } catch (error) {
      // No descriptors left says nothing about the directories; whatever is opened next will fail and say so.
      return isOutOfFiles(error);
    }
  }

  /**
   * The files of one worker; `null` on a machine that has no place for them.
   *
   * @throws the system's error, when there is no place or descriptor left.
   */
  static open(): SharedFiles | null {
    if (!SharedFiles.available()) return null;
    const claims = openNameless();
    try {
      return new SharedFiles(claims, openNameless());
    } catch (error) {
      closeSync(claims);
      throw error;
    }
  }

  close(): void {
    this.claims.close();
    closeSync(this.journal);
  }
}

/** The descriptor of a file that has no name any more. */
function openNameless(): number {
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

function isOutOfFiles(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EMFILE' || code === 'ENFILE';
}
