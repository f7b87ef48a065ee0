import { TimeoutError, type Process } from 'multiprocessing-ts';
import { get_context } from 'multiprocessing-ts/sync';
import * as sync from 'multiprocessing-ts/sync/process';
import { inSlices } from '../blocking';

/*
 * The processes that block in the clothes of the others, see {@link file://./../blocking.ts}: here, and not in their
 * children, `join` blocks for a moment at a time. What blocks to the end stands in
 * {@link file://./../../integration/blocking_processes.spec.ts}.
 */

const { join } = sync.Process.prototype;

async function joinInSlices(
  this: sync.Process,
  timeout?: number | { timeout: number } | null,
): Promise<void> {
  const given = typeof timeout === 'object' && timeout !== null ? timeout.timeout : timeout;
  const wait = (seconds: number): void => {
    join.call(this, seconds);
    if (this.is_alive()) throw new TimeoutError();
  };
  await inSlices(wait, given).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
  });
}

for (const method of ['spawn', 'thread'] as const) {
  Object.defineProperty(get_context(method).Process.prototype, 'join', {
    value: joinInSlices,
    configurable: true,
    writable: true,
  });
}

/** What a test sees as the class of `multiprocessing-ts`. */
export const inClothes = (method: 'spawn' | 'thread'): typeof Process =>
  get_context(method).Process as unknown as typeof Process;
