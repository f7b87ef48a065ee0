import type { Steps } from './steps';

/** What is behind a lock or a semaphore: what a condition needs of it. */
export interface Core {
  /** Is one there? */
  readonly free: boolean;
  /** Is it held here? */
  readonly isMine: boolean;
  acquire: (seconds: number | null) => Promise<boolean>;
  acquireSync: (seconds: number | null) => boolean;
  acquiring: (seconds: number | null) => Steps<boolean>;
  release: () => void;
  /** Gives it back as often as it was acquired, and says how often that was. */
  releaseAll: () => number;
  /** Acquires it that often. */
  restoring: (levels: number) => Steps<void>;
}
