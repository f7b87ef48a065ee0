import { checkSeconds } from '../../pool/arguments';
import { signature } from '../../util/keywords';

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
