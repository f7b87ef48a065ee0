import type { Encoded, EncodedFunction } from '../reduction/types';
import type { CallKindId } from '../wire/protocol';
import type { Failure } from './failure';
import type { WorkerState } from './roster';

/** How long the items of one function take, as far as is known, in milliseconds. */
export class Pace {
  /** Infinity until the first result: what is not known may take for ever. */
  perItem = Infinity;

  /** Believes a slow result at once and a fast one by and by: a guess too high costs little. */
  note(milliseconds: number): void {
    this.perItem =
      milliseconds >= this.perItem || this.perItem === Infinity
        ? milliseconds
        : this.perItem + (milliseconds - this.perItem) * 0.25;
  }
}

/** Where the outcome of a task goes: exactly one of these is called, once. */
export interface Receiver {
  returned(task: Task, value: unknown): void;
  failed(task: Task, error: unknown): void;
  /** Turns what the dispatcher decided into the error the user sees. */
  lost(task: Task, failure: Failure): void;
}

/** What a worker is asked to do: one call, or one chunk of a map. */
export interface Request {
  readonly fn: EncodedFunction;
  readonly kind: CallKindId;
  readonly value: Encoded;
}

export enum TaskState {
  /** In the dispatcher's queue. */
  Queued,
  /** With a worker: perhaps started, perhaps not. */
  Placed,
  /** Finished, failed or dropped; nothing more happens to it. */
  Settled,
}

/** One unit of work: what is sent, counted by maxtasksperchild, and lost at worst when a worker dies. */
export class Task {
  readonly id: number;
  /** Position in the order of submission. */
  readonly order: number;
  readonly request: Request;
  readonly receiver: Receiver;
  /** Which part of its call this is (the chunk's or item's number). */
  readonly index: number;
  /** How many items it holds. */
  readonly items: number;
  readonly pace: Pace;
  /** Seconds each item may run; `null` for ever. */
  readonly timeout: number | null;
  /** How much memory its request takes in the worker, about. */
  readonly bytes: number;

  state: TaskState = TaskState.Queued;
  worker: WorkerState | null = null;
  /** What its run was expected to take when it was placed. */
  expected = 0;
  /** When its running item must be done, on the dispatcher's clock. */
  deadline = Infinity;

  constructor(fields: {
    readonly id: number;
    readonly order: number;
    readonly request: Request;
    readonly receiver: Receiver;
    readonly index: number;
    readonly items: number;
    readonly pace: Pace;
    readonly timeout: number | null;
  }) {
    this.id = fields.id;
    this.order = fields.order;
    this.request = fields.request;
    this.receiver = fields.receiver;
    this.index = fields.index;
    this.items = fields.items;
    this.pace = fields.pace;
    this.timeout = fields.timeout;
    this.bytes = sizeOf(fields.request.value);
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
