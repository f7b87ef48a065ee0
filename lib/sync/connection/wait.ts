import { readyOf, waitedFor } from '../../connection/waited_for';
import { block } from '../../engine/blocking';
import type { Connection } from './connection';

/**
 * Those that are ready, in the order in which they were given, as soon as one is: connections that have a message or
 * have come to their end, processes that have ended.
 *
 * @param object_list - connections, their `fileno()`, and `sentinel`s of processes.
 * @param timeout - seconds to wait at most; 0 and less only look. @default no end
 * @throws KeyError for what is given twice.
 * @throws ValueError for what cannot be waited for.
 * @throws OSError for a connection that is closed.
 * @example
 * const [a, b] = Pipe();
 * b.send(1);
 * console.log(wait([a, b], 1).length); // 1
 */
export function wait<T extends Connection | number>(
  object_list: Iterable<T>,
  timeout?: number | null | { readonly timeout?: number | null },
): T[];
export function wait(...args: unknown[]): unknown[] {
  const { entries, seconds } = waitedFor(args);
  let found = readyOf(entries);
  // For nothing at all Python waits, if need be for ever.
  if (found.length > 0 || (entries.length === 0 && seconds === null)) return found;
  const isOver = (): boolean => {
    try {
      found = readyOf(entries);
      return found.length > 0;
    } catch {
      // A callback may have closed one: what that throws comes below.
      return true;
    }
  };
  // What is watched wakes a thread that blocks; it is looked at there.
  const ends = entries.map(({ source }) => source.watch(() => undefined));
  try {
    block(isOver, seconds);
  } finally {
    for (const end of ends) end();
  }
  return found.length > 0 ? found : readyOf(entries);
}
