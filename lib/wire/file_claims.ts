import { closeSync, ftruncateSync, readSync } from 'node:fs';
import type { Claims } from './claims';

/**
 * The claims of a process: a file that both processes hold through one open
 * file description, and so with one offset. Its length is the number of
 * claimable calls ever sent to this worker. Reading a byte takes one claim: the
 * kernel moves the shared offset atomically, each byte is read once, at the end
 * of the file there is nothing left to take.
 *
 * (POSIX, read(2): the offset belongs to the open file description. Linux
 * locks it for reads since 3.14, XNU does too.)
 */
export class FileClaims implements Claims {
  readonly fd: number;
  #length = 0;
  readonly #sink = new Uint8Array(4096);

  constructor(fd: number) {
    this.fd = fd;
  }

  add(n: number): void {
    this.#length += n;
    ftruncateSync(this.fd, this.#length);
  }

  take(n: number): number {
    let got = 0;
    while (got < n) {
      const read = readSync(this.fd, this.#sink, 0, Math.min(n - got, this.#sink.length), null);
      if (read === 0) break;
      got += read;
    }
    return got;
  }

  close(): void {
    closeSync(this.fd);
  }
}
