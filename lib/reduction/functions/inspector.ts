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

export const SLOT = Symbol.for('multiprocessing.slot');
export const slot = installSlot();
export const GROUP = 'multiprocessing';

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

export function handleOf(value: unknown): string {
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
