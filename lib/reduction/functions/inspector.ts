import type { Session } from 'node:inspector';
import { PicklingError } from '../../errors';
import { mainRealm } from '../../util/realm';

/**
 * Reads what the language hides (closures, the parts of proxies and bound
 * functions) through an inspector session of this very thread. All of it is
 * synchronous, and the debugger is never left enabled: see the findings in
 * docs/functions.md.
 */

export interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface ScopeView {
  readonly kind: string;
  readonly name: string;
  /** A copy of the variables, made when it was read. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Inspection {
  readonly location: Location | null;
  /** Innermost first, the global scope left out. */
  readonly scopes: readonly ScopeView[];
  /** `[[Target]]`, `[[BoundThis]]` ... by their names. */
  readonly internal: Readonly<Record<string, unknown>>;
}

/** The one place where a live value and the inspector's handle of it meet. */
interface Slot {
  value: unknown;
  found: unknown;
}

interface RemoteObject {
  objectId?: string;
  value?: unknown;
}

interface PropertyList {
  internalProperties?: { name: string; value?: RemoteObject }[];
}

const SLOT = Symbol.for('multiprocessing.slot');
const slot = installSlot();
const GROUP = 'multiprocessing';

let session: Session | null = null;
let slotId = '';

function installSlot(): Slot {
  const place = mainRealm as unknown as Record<symbol, Slot | undefined>;
  const known = place[SLOT];
  if (known !== undefined) return known;
  // Sealed: between test files Jest puts getters that warn on all it may of what it finds on globals.
  const made: Slot = Object.seal({ value: undefined, found: undefined });
  Object.defineProperty(mainRealm, SLOT, { value: made });
  return made;
}

/** Thrown where V8 will not be read: `--permission`, other runtimes. */
export class InspectorUnavailable extends PicklingError {}

export function connect(): Session {
  if (session !== null) return session;
  try {
    // Loaded here: it costs 3 ms and some runtimes have none.
    const inspector = require('node:inspector') as typeof import('node:inspector');
    const made = new inspector.Session();
    made.connect();
    session = made;
    const holder = post('Runtime.evaluate', {
      expression: `globalThis[Symbol.for(${JSON.stringify(SLOT.description)})]`,
    });
    slotId = (holder as { result: { objectId: string } }).result.objectId;
    return made;
  } catch (error) {
    session = null;
    throw new InspectorUnavailable('the variables of a function cannot be read in this process', {
      cause: error,
    });
  }
}

let available: boolean | null = null;

/** Whether closures can be read here at all: tried once, on one of our own. */
export function canInspect(): boolean {
  if (available === null) {
    try {
      connect();
      const sample = slot;
      available = inspect(() => sample).scopes.some((scope) => Object.hasOwn(scope.values, 'sample'));
    } catch {
      available = false;
    }
  }
  return available;
}

export function post(method: string, params: object = {}): unknown {
  let answered = false as boolean;
  let failure: unknown = null;
  let answer: unknown;
  (session as Session).post(method, params, (error: unknown, result: unknown) => {
    answered = true;
    failure = error;
    answer = result;
  });
  if (!answered) throw new PicklingError(`the inspector did not answer ${method} at once`);
  if (failure !== null)
    throw new PicklingError(`${method}: ${(failure as Error).message}`, { cause: failure });
  return answer;
}

function handleOf(value: unknown): string {
  slot.value = value;
  try {
    const answer = post('Runtime.callFunctionOn', {
      objectId: slotId,
      functionDeclaration: 'function(){return this.value}',
      objectGroup: GROUP,
    });
    return (answer as { result: { objectId: string } }).result.objectId;
  } finally {
    slot.value = undefined;
  }
}

function valueOf(handle: string): unknown {
  post('Runtime.callFunctionOn', {
    objectId: slotId,
    functionDeclaration: 'function(o){this.found=o}',
    arguments: [{ objectId: handle }],
  });
  const value = slot.found;
  slot.found = undefined;
  return value;
}

const SCOPE = /^(Closure|Block|Module|Script|Catch|With Block|Eval|Global|Local)(?: \((.*)\))?/;
const INTERNAL = /^\[\[(TargetFunction|BoundThis|BoundArgs|Target|Handler|Entries)\]\]$/;

/** Looks into a function, proxy, weak collection ... (137 us). */
export function inspect(value: object): Inspection {
  connect();
  const properties = post('Runtime.getProperties', {
    objectId: handleOf(value),
    ownProperties: true,
  }) as PropertyList;
  let location: Location | null = null;
  let scopes: ScopeView[] = [];
  const internal: Record<string, unknown> = {};
  for (const { name, value: remote } of properties.internalProperties ?? []) {
    if (remote === undefined) continue;
    if (name === '[[FunctionLocation]]') location = remote.value as Location;
    else if (name === '[[Scopes]]') scopes = scopeViews(valueOf(remote.objectId as string));
    else {
      const known = INTERNAL.exec(name)?.[1];
      if (known !== undefined) internal[known] = remote.objectId ? valueOf(remote.objectId) : remote.value;
    }
  }
  post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
  return { location, scopes, internal };
}

function scopeViews(list: unknown): ScopeView[] {
  const entries = list as Record<
    number,
    { description: string; object: Record<string, unknown> } | undefined
  >;
  const views: ScopeView[] = [];
  for (let i = 0; ; i++) {
    const entry = entries[i];
    if (entry === undefined) return views;
    const [, kind = entry.description, name = ''] = SCOPE.exec(entry.description) ?? [];
    if (kind !== 'Global') views.push({ kind, name, values: valuesOf(entry.object) });
  }
}

/** From Node 22 on, a variable before its declaration is a getter that throws; here it is `undefined`. */
function valuesOf(scope: Record<string, unknown>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(scope)) {
    try {
      values[name] = scope[name];
    } catch {
      values[name] = undefined;
    }
  }
  return values;
}

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

/** The global object of the realm that a function was made in. */
export function realmOf(f: Function): object {
  try {
    // Up to Function.prototype, the last but one of every function's chain.
    let proto = Object.getPrototypeOf(f) as object;
    for (let up = parentOf(proto); up !== null && parentOf(up) !== null; up = parentOf(proto)) proto = up;
    const make = proto.constructor as (body: string) => () => unknown;
    const realm = make('return globalThis')();
    return typeof realm === 'object' && realm !== null && !('then' in realm) ? realm : globalThis;
  } catch {
    return globalThis;
  }
}

const parentOf = (object: object): object | null => Object.getPrototypeOf(object) as object | null;
