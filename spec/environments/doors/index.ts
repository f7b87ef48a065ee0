import { calls } from './calls';
import { blockingCalls } from './calls_blocking';
import type { Door } from './door';
import { shared } from './shared';
import { blockingShared } from './shared_blocking';

export type { Door };

/** Every door of the package, with `await` and (from d50 on) without. */
export const allDoors: readonly Door[] = [...calls, ...shared, ...blockingCalls, ...blockingShared];
