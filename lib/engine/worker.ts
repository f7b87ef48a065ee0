import type { Message } from '../wire/protocol';
import type { Exit } from './failure';

/** What a worker tells its supervisor. */
export interface WorkerEvents {
  /** Messages arrived. Those of a dead worker still come, before its exit does. */
  messages(messages: readonly Message[], blocks: readonly Uint8Array[]): void;
  /** A part of what it says has come, and the rest is on its way. */
  answering(): void;
  /** What was written has left: there is room for more. */
  drained(): void;
  /** The worker is gone for good, and all it has said was told; the last `unstarted` calls sent to it were never started. Called once. */
  exited(exit: Exit, unstarted: number): void;
}

/** The elements of a JSON array, and the blocks they name. */
export interface Letter {
  readonly messages: string;
  readonly blocks: readonly Uint8Array[];
}

/** What a worker is started for. */
export interface Duty {
  /** It runs calls that may be taken back from it, and answers. Else it runs one thing, and that is its life. */
  readonly serves: boolean;
  /** It ends with its parent, however that ends. */
  readonly daemon: boolean;
  /** What it is told first. Where files can be made it gets that even if this process does nothing more. */
  readonly first?: Letter;
}

export const SERVING: Duty = { serves: true, daemon: true };

/**
 * One worker, however it runs: a process, a thread, one day a machine.
 * It carries messages and can be ended; it knows nothing of calls.
 */
export interface Worker {
  readonly pid: number;
  /** Writes one frame: the elements of a JSON array, and the blocks they name. Never blocks, never throws. */
  send(messages: string, blocks: readonly Uint8Array[]): void;
  /** Is more written than has left? */
  readonly congested: boolean;
  /** Does something that was sent need this process's event loop to leave? */
  readonly isSending: boolean;
  /** `n` claimable calls are about to be sent. */
  addClaims(n: number): void;
  /** Takes back all claimable calls that it has not claimed, the last ones sent; says how many. */
  reclaim(): number;
  /** Reports now what it has finished and not yet sent, if that can be seen from outside. */
  peek(): void;
  /** Asks it to end (SIGTERM), and makes it after a while. */
  terminate(): void;
  /** Ends it now (SIGKILL). */
  kill(): void;
  /** Sends it a signal; a thread knows none and is ended. */
  signal(signal: NodeJS.Signals): void;
  /** How it has ended, if that can be seen before the event loop tells of it. */
  look(): Exit | null;
}

/** Starts workers of one kind. */
export interface Launcher {
  /** Can calls be taken back from workers of this kind, on this machine? */
  readonly reclaimable: boolean;
  /** Do they share this process's memory? Then a block over a SharedArrayBuffer arrives as one. */
  readonly sharesMemory: boolean;
  /** @param duty - what for. @default SERVING */
  launch(events: WorkerEvents, duty?: Duty): Worker;
}
