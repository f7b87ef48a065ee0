import { accessSync, closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Claims } from './claims';

/** Memory if there is a file system in memory, else the cache of a temporary file that is never written out. */
const DIRECTORIES = ['/dev/shm', tmpdir()];

/**
 * The two files that a worker shares with its parent. They have no name: each
 * is unlinked as soon as it is open, so nothing is left behind however the
 * processes end.
 */
export class SharedFiles {
  readonly claims: Claims;
  readonly journal: number;

  /** @param claims - the descriptors of two files that have no name. */
  constructor(claims: number, journal: number) {
    this.claims = new Claims(claims);
    this.journal = journal;
  }

  static #directory: string | null | undefined;

  /** Can calls be claimed on this machine? Windows shares no offset between processes. */
  static available(): boolean {
    if (SharedFiles.#directory === undefined) {
      SharedFiles.#directory = process.platform === 'win32' ? null : (DIRECTORIES.find(writable) ?? null);
    }
    return SharedFiles.#directory !== null;
  }

  static open(): SharedFiles | null {
    if (!SharedFiles.available()) return null;
    const directory = SharedFiles.#directory as string;
    const claims = openNameless(directory);
    if (claims === null) return null;
    const journal = openNameless(directory);
    if (journal === null) {
      closeSync(claims);
      return null;
    }
    return new SharedFiles(claims, journal);
  }

  close(): void {
    this.claims.close();
    closeSync(this.journal);
  }
}

function openNameless(directory: string): number | null {
  // Exclusive creation is what makes the name ours; chance only makes a second try unlikely.
  const chance = Math.random().toString(36).slice(2);
  const path = join(directory, `multiprocessing-ts-${process.pid}-${chance}`);
  try {
    const fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return fd;
  } catch {
    return null;
  }
}

function writable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
