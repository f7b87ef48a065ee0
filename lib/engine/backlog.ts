import { Deque } from '../util/deque';
import type { Source, Task } from './task';

/** What waits to be given out, in the order of submission. */
export class Backlog {
  readonly #queue = new Deque<Task | Source>();

  get length(): number {
    return this.#queue.length;
  }

  get first(): Task | Source | undefined {
    return this.#queue.first;
  }

  /** Adds what was submitted last. */
  push(entry: Task | Source): void {
    this.#queue.push(entry);
  }

  shift(): Task | Source | undefined {
    return this.#queue.shift();
  }

  /** Puts something back where it belongs: near the front, as it was there before. */
  insert(entry: Task | Source): void {
    const before: (Task | Source)[] = [];
    for (
      let head = this.#queue.first;
      head !== undefined && bySubmission(head, entry) < 0;
      head = this.#queue.first
    ) {
      before.push(this.#queue.shift() as Task | Source);
    }
    this.#queue.unshift(entry);
    for (let i = before.length - 1; i >= 0; i--) this.#queue.unshift(before[i] as Task | Source);
  }

  /** Keeps of it what is wanted. */
  filter(isWanted: (entry: Task | Source) => boolean): void {
    for (const entry of this.takeAll()) if (isWanted(entry)) this.push(entry);
  }

  /** What is in it now, whatever becomes of it. */
  entries(): (Task | Source)[] {
    return [...this.#queue];
  }

  /** Empties it. */
  takeAll(): (Task | Source)[] {
    const all = this.entries();
    this.#queue.clear();
    return all;
  }
}

export const isSource = (entry: Task | Source): entry is Source => 'pull' in entry;

/** The order of submission: a source is behind the tasks that it has given. */
export function bySubmission(a: Task | Source, b: Task | Source): number {
  return a.order - b.order || (isSource(a) ? Infinity : a.id) - (isSource(b) ? Infinity : b.id);
}
