import type { Commands, Policy } from '../../lib/engine/commands';
import { Dispatcher } from '../../lib/engine/dispatcher';
import type { Exit, Failure } from '../../lib/engine/failure';
import type { Encoded, EncodedFunction } from '../../lib/reduction/types';
import { CallKind } from '../../lib/wire/protocol';
import { Pace, Task, type Receiver } from '../../lib/engine/task';

/** Writes down what the dispatcher wants, and lets the test play the worker. */
export class Notebook implements Commands {
  readonly said: string[] = [];
  clock = 0;
  wakesAt = Infinity;
  /** So many of the tasks sent last can still be taken back. */
  unclaimed = 0;
  onFail: (task: Task) => void = () => undefined;

  /** What was said since the last look. */
  news(): string[] {
    return this.said.splice(0);
  }

  start(id: number): void {
    this.said.push(`start ${id}`);
  }
  send(id: number, task: Task): void {
    this.said.push(`send ${task.id} to ${id}`);
  }
  reclaim(): number {
    const got = this.unclaimed;
    this.unclaimed = 0;
    return got;
  }
  peek(id: number): void {
    this.said.push(`peek ${id}`);
  }
  withdraw(id: number): void {
    this.said.push(`withdraw ${id}`);
  }
  retire(id: number): void {
    this.said.push(`retire ${id}`);
  }
  kill(id: number, atOnce: boolean): void {
    this.said.push(atOnce ? `kill ${id}` : `end ${id}`);
  }
  congested(): boolean {
    return false;
  }
  fail(task: Task, failure: Failure): void {
    this.said.push(`fail ${task.id} ${failure.kind}`);
    this.onFail(task);
  }
  wake(at: number): void {
    this.wakesAt = Math.min(this.wakesAt, at);
  }
  inTurn<T>(items: readonly T[], visit: (item: T) => void): void {
    items.forEach(visit);
  }

  depth(): number {
    return 0;
  }

  now(): number {
    return this.clock;
  }
}

/** Of a function that is known to be quick. */
const SHORT = new Pace();
SHORT.note(0.01);

export function task(
  id: number,
  { timeout = null, pace = SHORT }: { timeout?: number | null; pace?: Pace } = {},
): Task {
  const [receiver, fn] = [{} as Receiver, {} as EncodedFunction];
  const value: Encoded = { codec: 0, text: '', blocks: [], needs: null };
  return new Task(id, id, receiver, fn, CallKind.Apply, value, pace, 0, 1, timeout);
}

export function make(policy: Partial<Policy> = {}): [Dispatcher, Notebook] {
  const notebook = new Notebook();
  const dispatcher = new Dispatcher(
    {
      size: 1,
      tasksPerWorker: Infinity,
      eager: true,
      fragile: false,
      failedStarts: policy.size ?? 1,
      reclaimable: true,
      ...policy,
    },
    notebook,
  );
  dispatcher.open();
  return [dispatcher, notebook];
}

export const LOST: Exit = { pid: 1, exitcode: 1, signal: null };
