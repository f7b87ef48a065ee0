import { after } from '../util/after';
import { ready } from '../util/turn';
import type { Connection } from './connection';
import { readyOf, waitedFor } from './waited_for';

/**
 * Resolves to those that are ready, in the order in which they were given: connections that have a message or have
 * come to their end, processes that have ended.
 *
 * @param object_list - connections, their `fileno()`, and `sentinel`s of processes.
 * @param timeout - seconds to wait at most; 0 and less only look. @default no end
 * @throws KeyError for what is given twice.
 * @throws ValueError for what cannot be waited for.
 * @throws OSError for a connection that is closed.
 * @example
 * const [a, b] = Pipe();
 * await b.send(1);
 * console.log((await wait([a, b], 1)).length); // 1
 */
export function wait<T extends Connection | number>(
  object_list: Iterable<T>,
  timeout?: number | null | { readonly timeout?: number | null },
): Promise<T[]>;
export async function wait(...args: unknown[]): Promise<unknown[]> {
  const { entries, seconds } = waitedFor(args);
  let found = readyOf(entries);
  if (found.length === 0 && seconds !== null && seconds <= 0) {
    await entries.find(({ source }) => source.refresh !== undefined)?.source.refresh?.();
    found = readyOf(entries);
  }
  // For nothing at all Python waits, if need be for ever.
  if (found.length > 0 || (seconds !== null && seconds <= 0) || (entries.length === 0 && seconds === null))
    return ready(found);
  return new Promise((resolve, reject) => {
    const ends: (() => void)[] = [];
    const end = (): void => {
      for (const each of ends.splice(0)) each();
    };
    const look = (): void => {
      try {
        const now = readyOf(entries);
        if (now.length === 0) return;
        end();
        resolve(now);
      } catch (error) {
        end();
        reject(error);
      }
    };
    if (seconds !== null) {
      ends.push(
        after(seconds, () => {
          // This process may have been busy until now, and not have heard what has come in time.
          look();
          end();
          resolve([]);
        }),
      );
    }
    try {
      for (const { source } of entries) ends.push(source.watch(look));
    } catch (error) {
      // No descriptor is left: nobody is to be kept alive by those that are watched already.
      end();
      reject(error);
      return;
    }
    // Something may have come before anybody could know that we wait.
    look();
  });
}
