import { constants } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { libc, type Caught } from '../native/libc';
import { KeyboardInterrupt } from '../util/exceptions';
import { mainRealm } from '../util/realm';
import { setImmediate } from '../util/timers';
import { uncaught } from '../util/uncaught';

/**
 * Signals while calls block this thread. As in Python, the handlers of the user run inside the call that blocks, and
 * Ctrl-C without any ends it. Signals come to the main thread.
 */

type Name = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGUSR2';
const NAMES: readonly Name[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

const caught = new Map<Name, Caught>();
let catches = false;
/** Those that came and were not told: SIGINT when the call that blocked was through already, so the next one ends. */
const pending = new Set<Name>();

/** Does somebody listen? Without that only Ctrl-C is for us, the others do what they always do. */
const isWanted = (name: Name): boolean => name === 'SIGINT' || mainRealm.process.listenerCount(name) > 0;

/** Listeners that come and go meanwhile change what the system does with their signal: it is caught again. */
function changed(event: string | symbol): void {
  if (!catches) return;
  const name = NAMES.find((each) => each === event);
  if (name === undefined) return;
  const present = caught.get(name);
  if (present === undefined) caught.set(name, libc().catchSignal(constants.signals[name]));
  else present.again();
}

/** From the first sleep of the outermost call on: what comes between two sleeps is not lost. */
export function catchInterrupts(): void {
  if (!isMainThread || catches) return;
  catches = true;
  mainRealm.process.on('newListener', changed);
  mainRealm.process.on('removeListener', changed);
  for (const name of NAMES) {
    if (isWanted(name)) caught.set(name, libc().catchSignal(constants.signals[name]));
  }
}

/** @throws KeyboardInterrupt if Ctrl-C has come, and nobody listens to SIGINT. */
export function checkInterrupt(): void {
  for (const [name, each] of caught) if (each.came()) pending.add(name);
  for (const name of pending) {
    if (tell(name)) continue;
    if (name === 'SIGINT') throw new KeyboardInterrupt();
    // Its last listener is gone: it does what it always does.
    caught.get(name)?.release();
    caught.delete(name);
    process.kill(process.pid, name);
  }
}

/** Was a callback ended by Ctrl-C, in a call that blocks? Then that call is to end as well, and hears of it now. */
export function isInterrupt(error: unknown): boolean {
  if (!catches || !(error instanceof KeyboardInterrupt)) return false;
  pending.add('SIGINT');
  return true;
}

/** The outermost call is through. What it has to say is not lost to what came last. */
export function releaseInterrupts(): void {
  if (!catches) return;
  catches = false;
  mainRealm.process.off('newListener', changed);
  mainRealm.process.off('removeListener', changed);
  for (const [name, each] of caught) if (each.release()) pending.add(name);
  caught.clear();
  if (pending.size === 0) return;
  // A script that never blocks again comes back to its event loop some time.
  setImmediate(() => {
    for (const name of pending) {
      try {
        if (!tell(name)) process.kill(process.pid, name);
      } catch (error) {
        // A listener that fails does not lose the other signals.
        uncaught(error);
      }
    }
  });
}

/** Calls those who listen to a signal; false if nobody does. */
function tell(name: Name): boolean {
  pending.delete(name);
  const { process } = mainRealm;
  if (process.listenerCount(name) === 0) return false;
  process.emit(name, name);
  return true;
}
