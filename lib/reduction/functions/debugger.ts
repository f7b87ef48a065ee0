import { PicklingError } from '../../errors';
import { mainRealm } from '../../util/realm';
import { connect, GROUP, handleOf, post, SLOT, slot } from './inspector';
import { realmOf } from './realm_of';

/** Stops a function where it begins, to look around in there. */

let isOpen = false;

/**
 * Enables the debugger until the end of the present synchronous run: that takes
 * 4-13 ms, which a loop that sends many functions should pay once. Nothing can
 * pause meanwhile but what we stop ourselves, not even a `debugger` statement.
 */
export function openDebugger(): void {
  connect();
  if (isOpen) return;
  post('Debugger.enable');
  post('Debugger.setSkipAllPauses', { skip: true });
  isOpen = true;
  // Not queueMicrotask, which fake timers replace.
  void Promise.resolve().then(closeDebugger);
}

export function closeDebugger(): void {
  if (!isOpen) return;
  isOpen = false;
  post('Debugger.disable');
}

/**
 * Is somebody else's debugger listening? It would see our stops and hold the
 * program until its user continues, so we make none then.
 */
export function isDebugged(): boolean {
  const inspector = require('node:inspector') as typeof import('node:inspector');
  return inspector.url() !== undefined;
}

/**
 * The value of an expression inside a call of `f`, before its first statement:
 * the call is ended before it runs. Costs 4-9 ms. `f` must have simple
 * parameters: defaults would be evaluated.
 */
export function evaluateInside(f: Function, expression: string): unknown {
  const open = connect();
  const realm = realmOf(f);
  const borrowed = realm !== (mainRealm as object);
  if (borrowed) Object.defineProperty(realm, SLOT, { value: slot, configurable: true });
  let reached = false as boolean;
  let result: unknown;
  let failure: unknown = new PicklingError('the function could not be stopped');
  const onPause = (event: { params: { callFrames: { callFrameId: string }[] } }): void => {
    try {
      const answer = post('Debugger.evaluateOnCallFrame', {
        callFrameId: event.params.callFrames[0]?.callFrameId,
        expression: `globalThis[Symbol.for(${JSON.stringify(SLOT.description)})].found=(${expression})`,
      }) as { exceptionDetails?: { text: string; exception?: { description?: string } } };
      if (answer.exceptionDetails === undefined) {
        reached = true;
        result = slot.found;
      } else
        failure = new PicklingError(
          answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text,
        );
    } catch (error) {
      failure = error;
    }
    open.post('Runtime.terminateExecution', () => undefined);
  };
  openDebugger();
  open.on('Debugger.paused', onPause);
  post('Debugger.setSkipAllPauses', { skip: false });
  try {
    const { breakpointId } = post('Debugger.setBreakpointOnFunctionCall', { objectId: handleOf(f) }) as {
      breakpointId: string;
    };
    try {
      slot.value = f;
      const call = `globalThis[Symbol.for(${JSON.stringify(SLOT.description)})].value(${Array(f.length).fill('{}').join()})`;
      post('Runtime.evaluate', { expression: call, silent: true });
    } catch {
      // "Execution was terminated", which is what we asked for.
    }
    post('Debugger.removeBreakpoint', { breakpointId });
  } finally {
    open.removeListener('Debugger.paused', onPause);
    post('Debugger.setSkipAllPauses', { skip: true });
    post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
    slot.value = slot.found = undefined;
    if (borrowed) delete (realm as Record<symbol, unknown>)[SLOT];
  }
  if (!reached) throw failure;
  return result;
}
