import { signature } from '../util/keywords';
import { iterableArgument } from './proxies/arguments';
import { array } from './referents/array';
import { Barrier } from './referents/barrier';
import { Condition } from './referents/condition';
import { dict } from './referents/dict';
import { Event } from './referents/event';
import { list } from './referents/list';
import { Lock, RLock } from './referents/mutex';
import { Namespace } from './referents/namespace';
import { Pool } from './referents/pool';
import { Queue } from './referents/queue';
import { BoundedSemaphore, Semaphore } from './referents/semaphore';
import { set } from './referents/set';
import { Value } from './referents/value';
import type { Maker, ProxyClass, RegisterKeywords } from './registry';

const bindQueue = signature({ name: 'Queue', defaults: (): { maxsize: unknown } => ({ maxsize: 0 }) });
const bindSemaphore = signature({ name: 'Semaphore', defaults: (): { value: unknown } => ({ value: 1 }) });
const bindCondition = signature({ name: 'Condition', defaults: (): { lock: unknown } => ({ lock: null }) });
const bindBarrier = signature({
  name: 'Barrier',
  defaults: (): { parties: unknown; action: unknown; timeout: unknown } => ({
    parties: null,
    action: null,
    timeout: null,
  }),
  required: 1,
});
const bindPool = signature({
  name: 'Pool',
  defaults: (): Record<'processes' | 'initializer' | 'initargs' | 'maxtasksperchild', unknown> => ({
    processes: null,
    initializer: null,
    initargs: [],
    maxtasksperchild: null,
  }),
});

/** What is asked of a server: the type, and what its object is made of. */
type Asked = readonly [typeid: string, args: readonly unknown[], kwds?: object];

const some = (values: unknown): readonly unknown[] =>
  values === null || values === undefined ? [] : [iterableArgument(values)];

/** What the methods of a SyncManager ask for. */
export const asked = {
  dict: (pairs: unknown, keywords: object = {}): Asked => ['dict', some(pairs), keywords],
  list: (items: unknown): Asked => ['list', some(items)],
  set: (items: unknown): Asked => ['set', some(items)],
  Namespace: (attributes: object = {}): Asked => ['Namespace', [], attributes],
  Semaphore: (args: readonly unknown[]): Asked => ['Semaphore', [bindSemaphore(args).value]],
  BoundedSemaphore: (args: readonly unknown[]): Asked => ['BoundedSemaphore', [bindSemaphore(args).value]],
  Condition(args: readonly unknown[]): Asked {
    const { lock } = bindCondition(args);
    return ['Condition', lock === null ? [] : [lock]];
  },
  Barrier(args: readonly unknown[]): Asked {
    const { parties, action, timeout } = bindBarrier(args);
    return ['Barrier', [parties, action, timeout]];
  },
  Queue: (args: readonly unknown[]): Asked => ['Queue', [bindQueue(args).maxsize]],
  JoinableQueue: (args: readonly unknown[]): Asked => ['JoinableQueue', [bindQueue(args).maxsize]],
  Value: (typecode: string, value: unknown): Asked => ['Value', [typecode, value]],
  Array: (typecode: string, sequence: Iterable<unknown>): Asked => [
    'Array',
    [typecode, iterableArgument(sequence)],
  ],
  Pool(args: readonly unknown[]): Asked {
    const { processes, initializer, initargs, maxtasksperchild } = bindPool(args);
    return ['Pool', [processes, initializer, initargs, maxtasksperchild]];
  },
} as const;

/** Makes the shared objects, by type. What has none comes from methods of others. */
const MAKERS = {
  dict,
  list,
  set,
  Namespace,
  Lock,
  RLock,
  Semaphore,
  BoundedSemaphore,
  Condition,
  Event,
  Barrier,
  Queue,
  JoinableQueue: Queue,
  Value,
  Array: array,
  Pool,
  Iterator: null,
  AsyncResult: null,
} as const satisfies Record<string, Maker | null>;

/** The names of all these types. */
export type SharedTypes = typeof MAKERS;

/** Makes all these types known to a class of managers, with the proxies of its facade. */
export function registerTypes(
  Manager: { register(typeid: string, options: RegisterKeywords): void },
  proxies: Readonly<Record<keyof typeof MAKERS, ProxyClass>>,
): void {
  for (const [typeid, callable] of Object.entries(MAKERS)) {
    const proxytype = proxies[typeid as keyof typeof MAKERS];
    Manager.register(typeid, { callable, proxytype, create_method: false });
  }
}
