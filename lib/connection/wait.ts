import { KeyError, ValueError } from '../errors';
import { checkSeconds } from '../util/timeout';
import { endingOf } from '../process/sentinels';
import { after } from '../util/after';
import { signature } from '../util/keywords';
import { repr } from '../util/repr';
import { ready } from '../util/turn';
import type { Channel } from './channel';
import { Connection } from './connection';
import { connectionOf } from './filenos';

type Source = Pick<Channel, 'isReady' | 'watch' | 'refresh'>;

interface Entry<T> {
  readonly object: T;
  readonly source: Source;
}

const bind = signature({
  name: 'wait',
  defaults: (): { object_list: unknown; timeout: number | null } => ({ object_list: null, timeout: null }),
  required: 1,
});

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
  const { object_list, timeout } = bind(args);
  const seconds = checkSeconds(timeout);
  const entries = entriesOf(object_list as Iterable<unknown>);
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
    for (const { source } of entries) ends.push(source.watch(look));
    // Something may have come before anybody could know that we wait.
    look();
  });
}

const readyOf = <T>(entries: readonly Entry<T>[]): T[] =>
  entries.filter(({ source }) => source.isReady).map(({ object }) => object);

function entriesOf(objects: Iterable<unknown>): Entry<unknown>[] {
  const filenos = new Set<number>();
  return Array.from(objects, (object) => {
    const connection = typeof object === 'number' ? connectionOf(object) : object;
    const source = connection instanceof Connection ? connection.source : sentinelSource(object);
    const fileno = connection instanceof Connection ? connection.fileno() : (object as number);
    if (filenos.has(fileno))
      throw new KeyError(repr(`${nameOf(object)} (FD ${fileno}) is already registered`));
    filenos.add(fileno);
    return { object, source };
  });
}

const nameOf = (object: unknown): string => (object instanceof Connection ? object.toString() : repr(object));

function sentinelSource(object: unknown): Source {
  const ending = typeof object === 'number' ? endingOf(object) : null;
  if (ending === null) throw new ValueError(`Invalid file object: ${repr(object)}`);
  return {
    get isReady() {
      return ending.ended;
    },
    watch: (look) => ending.watch(look),
  };
}
