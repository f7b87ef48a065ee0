import { libc } from '../native/libc';
import { readJournal } from '../wire/file_journal';
import { ProcessMemory } from '../wire/process_memory';
import { ToWorker } from '../wire/protocol';
import type { SharedFiles } from '../wire/shared_files';
import { familyOrNone } from '../util/family_file';

/**
 * After so many calls it has paid to load what shared memory needs: that takes a worker 20 ms, a call that is claimed
 * and kept in files costs 2 to 3 microseconds more.
 */
const MANY = 8192;

/** It was tried, and there is none. */
let isUnavailable = false;

/**
 * Which calls a worker process has begun, and what it has finished: kept in files at first, and in shared memory when
 * it has had many calls.
 *
 * What must stay true: calls are sent, claimed and taken back in one order. So the claims of those that were sent
 * before the worker was told to switch are in the file, all others in the memory: who takes back takes all of both.
 */
export class Ledger {
  readonly #files: SharedFiles;
  #memory: ProcessMemory | null = null;
  #claimed = 0;
  #hasSwitched = false;

  constructor(files: SharedFiles) {
    this.#files = files;
  }

  /**
   * `n` calls are about to be sent.
   *
   * @returns what the worker is to be told before them: elements of a JSON array, each with a comma behind it.
   */
  add(n: number): string {
    let told = '';
    if (this.#memory === null) {
      this.#claimed += n;
      if (this.#claimed >= MANY) told = this.#offer();
    } else if (!this.#hasSwitched && this.#memory.isReady) {
      this.#hasSwitched = true;
      told = `[${ToWorker.Switch}],`;
    }
    if (this.#hasSwitched) this.#memory?.claims.add(n);
    else this.#files.claims.add(n);
    return told;
  }

  #offer(): string {
    if (isUnavailable || familyOrNone() === null) return '';
    try {
      // Without it only threads would share that memory.
      libc();
      this.#memory = ProcessMemory.make();
    } catch {
      isUnavailable = true;
      return '';
    }
    return `[${ToWorker.Share},${this.#memory.place}],`;
  }

  /** Takes back all calls that are not claimed; says how many. */
  take(): number {
    return this.#files.claims.take(Infinity) + (this.#memory?.claims.take(Infinity) ?? 0);
  }

  /** The finished results that frame number `frame` is to bring. */
  read(frame: number): string[] {
    return [...readJournal(this.#files.journal, frame), ...(this.#memory?.journal.read(frame) ?? [])];
  }

  close(): void {
    this.#files.close();
    this.#memory = null;
  }
}
