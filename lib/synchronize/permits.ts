import type { Block } from '../native/arena';
import { ValueError } from '../util/exceptions';
import type { Core } from './core';
import { Gate } from './gate';
import type { Steps } from './steps';

const VALUE = 0;

/** A number of permits in shared memory. They bear no names: those of whoever dies do not come back. */
export class Permits extends Gate implements Core {
  readonly most: number;
  /** How many more were taken than given back through this object. */
  #taken = 0;

  constructor(block: Block, most: number) {
    super(block);
    this.most = most;
  }

  static start(block: Block, value: number): void {
    Atomics.store(block.words, VALUE, value);
  }

  get value(): number {
    return Atomics.load(this.words, VALUE);
  }

  get free(): boolean {
    return this.value > 0;
  }

  get isMine(): boolean {
    return this.#taken > 0;
  }

  protected override take(left: number): boolean {
    for (let value = this.value; value > left;) {
      const found = Atomics.compareExchange(this.words, VALUE, value, value - 1);
      if (found === value) {
        this.#taken++;
        return true;
      }
      value = found;
    }
    return false;
  }

  release(): void {
    for (let { value } = this; ;) {
      if (value >= this.most) throw new ValueError('semaphore or lock released too many times');
      const found = Atomics.compareExchange(this.words, VALUE, value, value + 1);
      if (found === value) break;
      value = found;
    }
    this.#taken--;
    this.block.notify();
  }

  releaseAll(): number {
    const taken = this.#taken;
    for (let i = 0; i < taken; i++) this.release();
    return taken;
  }

  *restoring(levels: number): Steps<void> {
    for (let i = 0; i < levels; i++) yield* this.acquiring(null);
  }
}
