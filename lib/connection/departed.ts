import { PipeMemory, type SharedPipe } from './pipe_memory';

/** So many of them are looked at whenever a pipe is made: that takes 20 µs or more for each. */
const AT_ONCE = 2;

/**
 * Pipes that this thread has handed on and does not hold any more. Whoever holds them gives their memory back in the
 * end, but cannot if it is killed: then those who make new ones do.
 */
const departed = new Map<string, SharedPipe>();

export function depart(pipe: SharedPipe): void {
  departed.set(pipe.id.join(), pipe);
}

/** Looks at the first few; those that are still in use go to the end. */
export function sweepDeparted(): void {
  let count = Math.min(AT_ONCE, departed.size);
  for (const [name, pipe] of departed) {
    if (count-- === 0) return;
    departed.delete(name);
    if (PipeMemory.at(pipe)?.isHeld() === true) departed.set(name, pipe);
  }
}
