import { fstatSync, openSync } from 'node:fs';
import type { Lives } from './lives';

/**
 * Threads of one process, where the system does not tell of them. Each holds a file open, and its number is that of the
 * descriptor: node closes what a thread has opened when that ends, however it does.
 */
export class ThreadLives implements Lives {
  /** Above 0, also if somebody has closed the input of the process. */
  readonly own = openSync(__filename, 'r') + 1;
  /** The system gives a descriptor to one at a time. */
  readonly isUnique = true;

  /** The system's name of the file, of which a word is enough: what somebody opens later is another one. */
  startOf(number: number): number | null {
    try {
      return Number(BigInt.asIntN(32, fstatSync(number - 1, { bigint: true }).ino));
    } catch {
      return null;
    }
  }
}
