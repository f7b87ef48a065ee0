import type * as Util from 'node:util';
import { getCurrentProcess } from '../lib/util/current';
import { getParentWatch, setParentWatch } from '../lib/util/parent';
import { isThenable } from '../lib/util/thenable';
import { ToParent } from '../lib/wire/protocol';
import type * as Repr from '../lib/util/repr';
import type * as Ask from './ask';
import type { Question } from './ask';
import type { AnyFunction } from './chunk';

/** The channel of a worker that is one Process: see serve.ts. */
interface Channel {
  release(orphaned: () => void): void;
  hold(on: boolean): void;
  ask(message: string, question: Question): void;
}

/** What it runs. */
export interface Work {
  readonly f: AnyFunction | null;
  readonly args: readonly unknown[];
}

const exit = process.exit.bind(process);

/**
 * The life of a worker that is a Process: it runs one function, and ends when its event loop is empty. What the
 * function throws is told here, on stderr, and by the exit code.
 *
 * @param parentThread - the system's number of the thread that has started it; 0: nobody knows.
 */
export function live(channel: Channel, parentThread: number, work: () => Work): void {
  watchParent(channel, parentThread);
  // What is thrown later, by a timer or an abandoned promise, node prints itself.
  process.prependListener('uncaughtExceptionMonitor', (error: unknown) => {
    if (process.listenerCount('uncaughtException') > 0) return;
    if (process.hasUncaughtExceptionCaptureCallback()) return;
    mapStacks(error);
    process.stderr.write(heading());
  });
  try {
    const { f, args } = work();
    const result = f?.(...args);
    if (isThenable(result)) void finish(result);
  } catch (error) {
    failed(error);
  }
}

/** The exit code of node for a program that waits for nothing any more, and has not ended. */
const UNSETTLED = 13;

async function finish(result: PromiseLike<unknown>): Promise<void> {
  // Nothing is left that could settle it: that is not success. `process.exit()` is another matter.
  let isEmpty = false;
  const emptied = (): void => {
    isEmpty = true;
  };
  const unsettled = (code: number): void => {
    if (!isEmpty || code !== 0) return;
    process.exitCode = UNSETTLED;
    process.stderr.write(`${heading()}what it waits for will never come\n`);
  };
  process.on('beforeExit', emptied);
  process.on('exit', unsettled);
  try {
    await result;
  } catch (error) {
    failed(error);
  }
  process.off('beforeExit', emptied);
  process.off('exit', unsettled);
}

function watchParent(channel: Channel, parentThread: number): void {
  const { daemon } = getCurrentProcess();
  const watchers = new Set<() => void>();
  let ended = false;
  let questions = 0;
  channel.release(() => {
    // A daemon has nothing to live for any more.
    if (daemon) exit(0);
    if (ended) return;
    ended = true;
    for (const notify of watchers) notify();
    watchers.clear();
  });
  setParentWatch({
    get ended() {
      return ended;
    },
    watch(notify) {
      if (!ended) watchers.add(notify);
      channel.hold(watchers.size > 0);
      return () => {
        watchers.delete(notify);
        channel.hold(watchers.size > 0);
      };
    },
    mapStacks(stacks) {
      if (ended) return null;
      const { Question } = require('./ask') as typeof Ask;
      const question = new Question(++questions, parentThread);
      channel.ask(`[${ToParent.Stacks},${questions},${JSON.stringify(stacks)}]`, question);
      return question.answer as string[] | null;
    },
  });
}

const heading = (): string => `Process ${getCurrentProcess().name}:\n`;

function failed(error: unknown): void {
  if (error instanceof Error && error.name === 'SystemExit') {
    process.exitCode = exitCodeOf((error as { code?: unknown }).code);
    return;
  }
  process.exitCode = 1;
  mapStacks(error);
  const { inspect } = require('node:util') as typeof Util;
  process.stderr.write(`${heading()}${inspect(error)}\n`);
}

/** Python's reading of what `sys.exit` was given. */
function exitCodeOf(code: unknown): number {
  if (code === null || code === undefined) return 0;
  if (typeof code === 'boolean') return Number(code);
  if (typeof code === 'bigint') return Number(BigInt.asUintN(8, code));
  if (typeof code === 'number' && Number.isInteger(code)) return ((code % 256) + 256) % 256;
  const { str } = require('../lib/util/repr') as typeof Repr;
  process.stderr.write(`${str(code)}\n`);
  return 1;
}

/** The stacks of an error and its causes, in terms of the user's files, which the parent knows. */
function mapStacks(thrown: unknown): void {
  const errors = new Set<Error>();
  for (let error = thrown; error instanceof Error && !errors.has(error); error = error.cause)
    errors.add(error);
  const stacks = Array.from(errors, ({ stack }) => stack ?? '');
  const mapped = getParentWatch()?.mapStacks(stacks) ?? null;
  if (mapped === null) return;
  let i = 0;
  for (const error of errors) {
    try {
      Object.defineProperty(error, 'stack', { value: mapped[i++], configurable: true, writable: true });
    } catch {
      // Frozen: it is told as it is.
    }
  }
}
