import { KeyError, ValueError } from '../errors';
import { endingOf } from '../process/sentinels';
import { signature } from '../util/keywords';
import { repr } from '../util/repr';
import { checkSeconds } from '../util/timeout';
import type { Channel } from './channel';
import { ConnectionCore } from './connection_core';
import { connectionOf } from './filenos';

type Source = Pick<Channel, 'isReady' | 'watch' | 'refresh'>;

/** One of those that are waited for. */
export interface Entry<T> {
  readonly object: T;
  readonly source: Source;
}

const bind = signature({
  name: 'wait',
  defaults: (): { object_list: unknown; timeout: number | null } => ({ object_list: null, timeout: null }),
  required: 1,
});

/** What `wait` is asked: for what, and how many seconds. */
export function waitedFor(args: readonly unknown[]): { entries: Entry<unknown>[]; seconds: number | null } {
  const { object_list, timeout } = bind(args);
  const seconds = checkSeconds(timeout);
  return { entries: entriesOf(object_list as Iterable<unknown>), seconds };
}

/** Those that are ready, in the order given. */
export const readyOf = <T>(entries: readonly Entry<T>[]): T[] =>
  entries.filter(({ source }) => source.isReady).map(({ object }) => object);

function entriesOf(objects: Iterable<unknown>): Entry<unknown>[] {
  const filenos = new Set<number>();
  return Array.from(objects, (object) => {
    const connection = typeof object === 'number' ? connectionOf(object) : object;
    const source = connection instanceof ConnectionCore ? connection.source : sentinelSource(object);
    const fileno = connection instanceof ConnectionCore ? connection.fileno() : (object as number);
    if (filenos.has(fileno))
      throw new KeyError(repr(`${nameOf(object)} (FD ${fileno}) is already registered`));
    filenos.add(fileno);
    return { object, source };
  });
}

const nameOf = (object: unknown): string =>
  object instanceof ConnectionCore ? object.toString() : repr(object);

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
