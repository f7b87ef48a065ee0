import { readyOf, waitedFor } from '../../connection/waited_for';
import { arena } from '../../native/arena';
import type { Place } from '../../native/waiting';
import type { Connection } from './connection';

/** Those that are waited for say themselves where. */
const NOWHERE: Place = { enter: () => undefined, leave: () => undefined };

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
  // What is watched wakes this thread, whatever it sleeps for; it is looked at here.
  const ends = entries.map(({ source }) => source.watch(() => undefined));
  try {
    arena().waiting.waitSync(NOWHERE, () => (found = readyOf(entries)).length > 0, seconds);
  } finally {
    for (const end of ends) end();
  }
  return found;
}
