import { setImmediate } from '../util/timers';
import { Bells, Ring, type HungBell, type RingId } from './bells';
import { SLOT_WORDS, Slot } from './layout';

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> };

/** ES2024. */
const { waitAsync } = Atomics as unknown as { readonly waitAsync: WaitAsync };

/**
 * The bells of the threads of one process, in memory of the language: it wakes the event loop of who waits for a word,
 * but does not keep that alive. Who waits looks by itself as well, and the timer for that does.
 */
export class LoopBells extends Bells {
  override readonly fd = -1;
  override readonly isDeaf = true;

  override hang(heard: () => void): HungBell {
    const { slots } = this;
    const word = slots.id * SLOT_WORDS + Slot.Rung;
    const listen = (): void => {
      const waiting = waitAsync(slots.words, word, 0);
      if (waiting.async) void waiting.value.then(ring);
      // It rang meanwhile. Others have their turn first.
      else setImmediate(ring);
    };
    const ring = (): void => {
      heard();
      listen();
    };
    slots.store(slots.id, Slot.Bell, 1);
    listen();
    return HELD_BY_TIMER;
  }

  override silence(): void {
    // Nothing lies there.
  }

  protected override strike(id: number, token: number): RingId {
    if (this.wake(id) > 0) return Ring.Now;
    // It is just awake, and looks; or it is dead.
    return this.slots.isAlive(token) ? Ring.Now : Ring.Dead;
  }
}

const HELD_BY_TIMER: HungBell = { ref: () => undefined, unref: () => undefined };
