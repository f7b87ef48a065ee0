import { Buffer } from 'node:buffer';

/** A pickle lies in a slab with those before and after it, as small buffers of node do. */
const SLAB = 32 * 1024;
/** What is left of a slab below this is given up. */
const LEAST = 512;

/** Bytes that grow. Whoever writes asks for room first, then writes to `bytes` from `at` and moves `at` on. */
export class Output {
  bytes: Buffer = Buffer.allocUnsafeSlow(SLAB);
  at = 0;
  #start = 0;

  /** Makes sure that so many bytes can be written. */
  reserve(count: number): void {
    if (this.at + count > this.bytes.length) this.#grow(count);
  }

  #grow(count: number): void {
    const written = this.at - this.#start;
    const bytes = Buffer.allocUnsafeSlow(Math.max(SLAB, 2 * written, written + count + LEAST));
    this.bytes.copy(bytes, 0, this.#start, this.at);
    this.bytes = bytes;
    this.#start = 0;
    this.at = written;
  }

  /** All that was written since the last time; nothing more is written there. */
  take(): Buffer {
    const { bytes, at } = this;
    const taken = bytes.subarray(this.#start, at);
    if (bytes.length > SLAB || bytes.length - at < LEAST) {
      this.bytes = Buffer.allocUnsafeSlow(SLAB);
      this.at = 0;
    }
    this.#start = this.at;
    return taken;
  }

  /** Forgets what was written since the last time. */
  drop(): void {
    this.at = this.#start;
    if (this.bytes.length > SLAB) this.take();
  }
}
