import type { Greenlet } from './greenlet';
import { Bell } from './waits';

/** The greenlets of a group: those inside, at most `size`, and those in line before the door. */
export class Members {
  size = Infinity;
  /** Rings when nobody is left. */
  readonly emptied = new Bell();
  /** Rings when there is room. */
  readonly freed = new Bell();
  readonly #inside = new Set<Greenlet>();
  /** With what is to be done when its turn has come, or it has died before. */
  readonly #line = new Map<Greenlet, () => void>();
  /** Those that are being killed: once is enough. */
  readonly #dying = new WeakSet<Greenlet>();

  /** How many are inside. */
  get count(): number {
    return this.#inside.size;
  }

  /** How many more there is room for. */
  get free(): number {
    return Math.max(0, this.size - this.#inside.size);
  }

  get empty(): boolean {
    return this.#inside.size + this.#line.size === 0;
  }

  inside(): readonly Greenlet[] {
    return [...this.#inside];
  }

  /** Inside and in line. */
  all(): readonly Greenlet[] {
    return [...this.#inside, ...this.#line.keys()];
  }

  has(greenlet: Greenlet): boolean {
    return this.#inside.has(greenlet);
  }

  /** Is it one of these, and is this the first to kill it? */
  condemn(greenlet: Greenlet): boolean {
    if (!this.#inside.has(greenlet) && !this.#line.has(greenlet)) return false;
    if (this.#dying.has(greenlet)) return false;
    this.#dying.add(greenlet);
    return true;
  }

  /** Lets it in, now or when those before it in line have been let in and there is room: then `turn` is called. */
  enter(greenlet: Greenlet, turn: () => void): void {
    if (greenlet.ready() || this.#inside.has(greenlet) || this.#line.has(greenlet)) {
      turn();
      return;
    }
    greenlet.rawlink(this.#died);
    this.#line.set(greenlet, turn);
    this.#admit();
  }

  /** Lets it go, from inside or out of the line. */
  leave(greenlet: Greenlet): void {
    greenlet.unlink(this.#died);
    if (!this.#line.delete(greenlet) && !this.#inside.delete(greenlet)) return;
    this.#admit();
    if (this.free > 0) this.freed.ring();
    if (this.empty) this.emptied.ring();
  }

  readonly #died = (greenlet: Greenlet): void => {
    const turn = this.#line.get(greenlet);
    this.leave(greenlet);
    turn?.();
  };

  #admit(): void {
    for (const [greenlet, turn] of this.#line) {
      if (this.free === 0) return;
      // Of one that was killed in line, its link will tell.
      if (greenlet.ready()) continue;
      this.#line.delete(greenlet);
      this.#inside.add(greenlet);
      turn();
    }
  }
}
