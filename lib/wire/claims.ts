import { closeSync, ftruncateSync, readSync } from 'node:fs';

/**
 * Who may start a call that lies in a worker's queue: the worker, or the
 * parent, who wants to give it to somebody else? Both must be able to decide
 * while the worker is in the middle of a synchronous function, so a question
 * by message will not do.
 *
 * The claims are a file that both processes hold through one open file
 * description, and so with one offset. Its length is the number of claimable
 * calls ever sent to this worker. Reading a byte takes one claim: the kernel
 * moves the shared offset atomically, each byte is read once, at the end of
 * the file there is nothing left to take. The worker takes claims from the
 * front of its queue, the parent from the back: whoever reads the last byte,
 * both know where they meet.
 *
 * (POSIX, read(2): the offset belongs to the open file description. Linux
 * locks it for reads since 3.14, XNU does too.)
 */
export class Claims {
  readonly fd: number;
  #length = 0;
  readonly #sink = new Uint8Array(4096);

  constructor(fd: number) {
    this.fd = fd;
  }

  /** The parent: `n` more calls may be claimed. Must be called before they are sent. */
  add(n: number): void {
    this.#length += n;
    ftruncateSync(this.fd, this.#length);
  }

  /** Takes up to `n` claims and says how many it got. */
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
