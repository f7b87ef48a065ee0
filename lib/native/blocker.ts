/** The bell of this thread, by which others wake it. */
export interface Bell {
  /** Sleeps until it is rung, or so many milliseconds: by a futex, which is the fastest way, and listens to nothing else. */
  sleep(milliseconds: number): void;
  /** The descriptor that can be read when it is rung. */
  fd(): number;
  /** Reads that empty. */
  silence(): void;
  /** It has no descriptor: who sleeps hears it alone, and nothing else. */
  readonly isDeaf: boolean;
}

/**
 * Blocks this thread until `done` says so, which it asks whenever the bell was rung and every 100 ms; false if it has
 * not after so many seconds (`null`: for ever). What `done` throws comes out.
 */
export type Blocker = (done: () => boolean, seconds: number | null, bell: Bell) => boolean;

/** Those of this thread who wait for changes without blocking it. */
export interface Watchers {
  /** The descriptor that can be read when something has changed. */
  fd(): number;
  /** Has them look. */
  look(): void;
}

let watchers: Watchers | null = null;

/** Whoever blocks this thread sees to it that they look; `null`: there are none any more. */
export function watchBy(those: Watchers | null): void {
  watchers = those;
}

export const getWatchers = (): Watchers | null => watchers;

let given: Blocker | null = null;

/** Every wait of shared memory that blocks this thread is done by this from now on: who knows of more to listen to. */
export function blockBy(blocker: Blocker): void {
  given = blocker;
}

export const getBlocker = (): Blocker | null => given;
