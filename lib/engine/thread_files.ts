import { closeSync, openSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { libc } from '../native/libc';

/**
 * Descriptors that node has not opened are not closed with the thread that has, when that is ended from outside. Node
 * closes those that it has opened there: so a file that it opens lends its number.
 */
class ThreadFiles {
  readonly #lent = new Set<number>();

  /** The same as a descriptor that is closed with this thread at the latest. The one that is given is used up. */
  own(fd: number): number {
    if (isMainThread || fd < 0) return fd;
    let number: number;
    try {
      number = openSync('/dev/null', 'r');
    } catch {
      // No descriptor is left, or none may be opened by node: it stays as it is.
      return fd;
    }
    libc().dup(fd, number);
    libc().close(fd);
    this.#lent.add(number);
    return number;
  }

  close(fd: number): void {
    if (this.#lent.delete(fd)) closeSync(fd);
    else libc().close(fd);
  }
}

export const threadFiles = new ThreadFiles();
