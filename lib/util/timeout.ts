import { signature } from './keywords';

/** The seconds that `get`, `wait` and `next` wait at most; `null` for ever. */
export function checkSeconds(timeout: number | null | undefined): number | null {
  if (timeout === null || timeout === undefined || timeout === Infinity) return null;
  if (typeof timeout === 'number' && !Number.isNaN(timeout)) return timeout;
  throw new TypeError(
    `timeout must be a number of seconds, not ${Number.isNaN(timeout) ? 'NaN' : typeof timeout}`,
  );
}

/** Seconds to wait at most, by position or by keyword. */
export type Timeout = number | null | TimeoutKeyword;

export interface TimeoutKeyword {
  /** Seconds to wait at most; 0 and less only look. @default no end */
  readonly timeout?: number | null;
}

/** How a method reads its only argument; `null` for no end. */
export function bindTimeout(name: string): (timeout: Timeout | undefined) => number | null {
  const bind = signature({ name, defaults: (): { timeout: number | null } => ({ timeout: null }) });
  return (timeout) => {
    if (timeout === undefined || timeout === null) return null;
    return checkSeconds(typeof timeout === 'object' ? bind([timeout]).timeout : timeout);
  };
}
