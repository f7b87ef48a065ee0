import { isMainThread } from 'node:worker_threads';
import { libc, type Caught } from '../native/libc';
import { KeyboardInterrupt } from '../util/exceptions';
import { mainRealm } from '../util/realm';
import { setImmediate } from '../util/timers';

/**
 * Ctrl-C while calls block this thread. As in Python, the handlers of the user run inside the call that blocks, and
 * without any the call ends. Signals come to the main thread.
 */

const SIGINT = 2;

let caught: Caught | null = null;
/** One came when the call that blocked was through already: the next one ends. */
let pending = false;

/** From the first sleep of the outermost call on: what comes between two sleeps is not lost. */
export function catchInterrupts(): void {
  if (isMainThread) caught ??= libc().catchSignal(SIGINT);
}

/** @throws KeyboardInterrupt if one has come, and nobody listens to SIGINT. */
export function checkInterrupt(): void {
  if (caught?.came() === true) pending = true;
  if (!pending || tell()) return;
  pending = false;
  throw new KeyboardInterrupt();
}

/** The outermost call is through. What it has to say is not lost to what came last. */
export function releaseInterrupts(): void {
  if (caught === null) return;
  if (caught.release()) pending = true;
  caught = null;
  if (!pending || tell()) return;
  // A script that never blocks again comes back to its event loop some time.
  setImmediate(() => {
    if (!pending) return;
    pending = false;
    process.kill(process.pid, 'SIGINT');
  });
}

/** False if nobody listens. */
function tell(): boolean {
  const { process } = mainRealm;
  if (process.listenerCount('SIGINT') === 0) return false;
  pending = false;
  process.emit('SIGINT', 'SIGINT');
  return true;
}
