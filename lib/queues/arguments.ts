import { OverflowError } from '../errors';
import { checkSeconds } from '../util/timeout';
import { signature } from '../util/keywords';

/** Keywords of `put` and `get`. */
export interface QueueKeywords {
  /** Wait; else only look. @default true */
  readonly block?: boolean;
  /** Seconds to wait at most; 0 and less only look. @default for ever */
  readonly timeout?: number | null;
}

/** Seconds, by position or by name. */
export type Timeout = number | null | Pick<QueueKeywords, 'timeout'>;

/** Python's SEM_VALUE_MAX: what no bound means. */
export const UNBOUNDED = 2 ** 31 - 1;

const patience = (name: string) => {
  const bind = signature({
    name,
    defaults: (): { block: unknown; timeout: number | null } => ({ block: true, timeout: null }),
  });
  /** How long a call may wait: 0 for not at all, `null` for ever. Without `block` the timeout does not count. */
  return (args: readonly unknown[]): number | null => {
    if (args.length === 0) return null;
    const { block, timeout } = bind(args);
    const seconds = checkSeconds(timeout);
    return block ? seconds : 0;
  };
};

export const patienceOfPut = patience('put');
export const patienceOfGet = patience('get');

/** The item of a `put`, which may be anything. @throws TypeError */
export function itemOf(name: string, args: readonly unknown[]): unknown {
  if (args.length === 0) throw new TypeError(`${name}() missing 1 required positional argument: 'obj'`);
  return args[0];
}

/** How many items fit in. @throws TypeError, OverflowError */
export function checkMaxsize(name: string, args: readonly unknown[]): number {
  const bind = signature({ name, defaults: (): { maxsize: unknown } => ({ maxsize: 0 }) });
  const { maxsize } = bind(args);
  if ((typeof maxsize !== 'number' && typeof maxsize !== 'boolean') || !Number.isInteger(Number(maxsize)))
    throw new TypeError(`'${typeof maxsize}' object cannot be interpreted as an integer`);
  if (Number(maxsize) > UNBOUNDED) throw new OverflowError('signed integer is greater than maximum');
  return Number(maxsize) <= 0 ? UNBOUNDED : Number(maxsize);
}
