import { isMoved } from '../reduction/transfer';
import type { Encoded, EncodedFunction } from '../reduction/types';
import type { CallKindId } from '../wire/protocol';
import type { Failure } from './failure';
import type { WorkerState } from './roster';

/** What is not known may take for ever; in microseconds, and a small integer for V8. */
export const UNKNOWN = 2 ** 30;

/** How long the items of one function take, as far as is known. */
export class Pace {
  /** Milliseconds; -1 before the first result. */
  #perItem = -1;

  /** Believes a slow result at once and a fast one by and by: a guess too high costs little. */
  note(milliseconds: number): void {
    const known = this.#perItem;
    this.#perItem = milliseconds >= known || known < 0 ? milliseconds : known + (milliseconds - known) * 0.25;
  }

  /** What so many items will take, in whole microseconds. */
  expect(items: number): number {
    const perItem = this.#perItem;
    return perItem < 0 ? UNKNOWN : Math.min(UNKNOWN, Math.ceil(perItem * items * 1000));
  }
}

/** Where the outcome of a task goes: exactly one of these is called, once. */
export interface Receiver {
  returned(task: Task, value: unknown): void;
  failed(task: Task, error: unknown): void;
  /** Turns what the dispatcher decided into the error the user sees. */
  lost(task: Task, failure: Failure): void;
}

export enum TaskState {
  /** In the dispatcher's queue. */
  Queued,
  /** With a worker: perhaps started, perhaps not. */
  Placed,
  /** Finished, failed or dropped; nothing more happens to it. */
  Settled,
}

/**
 * One unit of work: what is sent, counted by maxtasksperchild, and lost at worst when a worker dies.
 * Made 20,000 at a time, so it is one object and is made from positional parameters.
 */
export class Task {
  state: TaskState = TaskState.Queued;
  worker: WorkerState | null = null;
  /** How much memory its value takes in the worker, about. */
  readonly bytes: number;
  /** Some of its memory is moved to the worker: it can be sent once only, to one that starts it at once. */
  readonly moves: boolean;
  /** What its run was expected to take when it was placed, in microseconds. */
  expected = 0;
  /** When its running item must be done, on the dispatcher's clock; 0 for never. */
  deadline = 0;
  /** Somebody was told that it has begun. */
  announced = false;
  /** Why its worker is being killed, if that is for its sake. */
  verdict: Failure | null = null;

  /**
   * @param order - position in the order of submission.
   * @param index - which part of its call this is (the chunk's or item's number).
   * @param items - how many items it holds.
   * @param timeout - seconds each item may run; `null` for ever.
   */
  constructor(
    readonly id: number,
    readonly order: number,
    readonly receiver: Receiver,
    readonly fn: EncodedFunction,
    readonly kind: CallKindId,
    readonly value: Encoded,
    readonly pace: Pace,
    readonly index: number,
    readonly items: number,
    readonly timeout: number | null,
  ) {
    this.bytes = sizeOf(value);
    this.moves = value.blocks.length > 0 && value.blocks.some(isMoved);
  }
}

function sizeOf({ text, blocks }: Encoded): number {
  let size = text.length;
  for (const block of blocks) size += block.byteLength;
  return size;
}

/** Work that is made when somebody can do it: the input of an imap. */
export interface Source {
  readonly order: number;
  /** The next task; `wait`: none now, {@link Dispatcher.wakeSource} will be called; `done`: none any more. */
  pull(): Task | 'wait' | 'done';
  /** The pool is terminated or broken: nothing will be pulled again. */
  stop(failure: Failure): void;
}
