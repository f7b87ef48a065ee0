import { kindOf } from '../../util/kind_of';

/**
 * The states of a future, in this order: not done, done, and of those that are done, complete: what `wait` and
 * `as_completed` take for done.
 */
export const PENDING = 0;
export const RUNNING = 1;
export const CANCELLED = 2;
export const CANCELLED_AND_NOTIFIED = 3;
export const RETURNED = 4;
export const RAISED = 5;

export type State =
  | typeof PENDING
  | typeof RUNNING
  | typeof CANCELLED
  | typeof CANCELLED_AND_NOTIFIED
  | typeof RETURNED
  | typeof RAISED;

/** Python's names. */
export const STATES = [
  'PENDING',
  'RUNNING',
  'CANCELLED',
  'CANCELLED_AND_NOTIFIED',
  'FINISHED',
  'FINISHED',
] as const;

/** As Python's `repr` of a future has it. */
export function describe(state: State, value: unknown): string {
  switch (state) {
    case PENDING:
      return 'pending';
    case RUNNING:
      return 'running';
    case CANCELLED:
    case CANCELLED_AND_NOTIFIED:
      return 'cancelled';
    case RETURNED:
      return `finished returned ${kindOf(value)}`;
    case RAISED:
      return `finished raised ${kindOf(value)}`;
  }
}
