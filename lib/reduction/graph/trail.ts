import { PicklingError } from '../../errors';

/** How an encoder came to a value: shown when that value cannot be sent. */
export interface Trail {
  /** Text, or where making it costs something, how to make it. */
  readonly label: string | (() => string);
  readonly up: Trail | null;
}

export const step = (up: Trail | null, label: Trail['label']): Trail => ({ label, up });

/** What to do instead, by the kind of culprit. */
export const Hint = {
  Handle: 'create it in the worker: in the initializer, or inside the function',
  Private:
    "give the class a static [Symbol.for('multiprocessing.reduce')], register() it, or use TypeScript's `private`",
  Promise: 'await it first, and send what it resolves to',
  Generator: 'send what it yields, or call the generator function in the worker',
  This: 'copy what you need before: `const { scale } = this`',
  Shared:
    'use a ThreadPool, whose threads share it, or Value, Array or RawArray, which every process can open',
  Detached: 'it was moved to somebody else: make a new one, or send a copy the next time',
  Unmovable: 'send it without transfer(), or a copy of it',
  Super: 'send the class or the whole object instead',
} as const;

/** @throws PicklingError with the way to the culprit. */
export function refuse(why: string, trail: Trail | null, hint?: string): never {
  const labels: string[] = [];
  for (let at = trail; at !== null; at = at.up)
    labels.push(typeof at.label === 'string' ? at.label : at.label());
  const lines = [hint === undefined ? why : `${why}: ${hint}`];
  if (labels.length > 0) lines.push('  reached through:', ...labels.reverse().map((label) => `    ${label}`));
  throw withUsersFrames(() => new PicklingError(lines.join('\n')));
}

/** So many frames of ours may lie above the user's, and the value may be deep. */
const FRAMES = 100;

/** Makes an error whose stack reaches the line that sends the value: node's ten frames are all ours. */
function withUsersFrames(make: () => Error): Error {
  const { stackTraceLimit } = Error;
  if (stackTraceLimit > 0) Error.stackTraceLimit = Math.max(stackTraceLimit, FRAMES);
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A property as a path shows it. */
export function propertyLabel(key: PropertyKey): string {
  if (typeof key === 'symbol') return `[${String(key)}]`;
  return typeof key === 'number' || /^\d+$/.test(key) ? `[${key}]` : `.${key}`;
}
