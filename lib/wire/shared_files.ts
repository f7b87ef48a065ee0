import { closeSync } from 'node:fs';
import { isOutOfFiles, openNameless } from '../util/nameless_file';
import { FileClaims } from './file_claims';

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
