import { block } from '../engine/blocking';

/**
 * Does it hold? If not, what has come is taken in, callbacks run, and it is looked at again: so a loop that only looks,
 * and never waits, sees what it looks for.
 */
export const look = (holds: () => boolean): boolean => holds() || block(holds, 0);
