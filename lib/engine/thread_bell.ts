import { Buffer } from 'node:buffer';
import { readSync } from 'node:fs';
import { libc } from '../native/libc';
import { POLLIN, type Polls } from './blocking';
import { threadFiles } from './thread_files';

/**
 * How threads wake this one while it sleeps in poll(2): a pipe, and all threads of a process have the same
 * descriptors. It is made when this thread blocks for the first time, and is there as long as it has threads.
 */
class ThreadBell {
  #ends: [read: number, write: number] | null = null;
  #users = 0;
  readonly #sink = Buffer.alloc(64);

  /** One thread more that may ring it. */
  open(): void {
    this.#users++;
  }

  /** One less: it has ended. */
  close(): void {
    if (--this.#users > 0 || this.#ends === null) return;
    for (const fd of this.#ends) threadFiles.close(fd);
    this.#ends = null;
  }

  /** Listens to it; gives the descriptor that a thread is to write to. */
  arm(polls: Polls): number {
    const [read, write] = (this.#ends ??= makePipe());
    polls.add(read, POLLIN, () => {
      this.#silence(read);
    });
    return write;
  }

  #silence(fd: number): void {
    try {
      while (readSync(fd, this.#sink) === this.#sink.length);
    } catch {
      // Nothing more to read.
    }
  }
}

function makePipe(): [read: number, write: number] {
  const [read, write] = libc().pipe();
  return [threadFiles.own(read), threadFiles.own(write)];
}

export const threadBell = new ThreadBell();
