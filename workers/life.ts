import type * as Util from 'node:util';
import type * as Stacks from '../lib/reduction/stacks';
import { getCurrentProcess } from '../lib/util/current';
import { setParentWatch } from '../lib/util/parent';
import { giveSourceMaps, type ScriptMap } from '../lib/util/source_maps';
import { isThenable } from '../lib/util/thenable';
import type * as Repr from '../lib/util/repr';
import type { AnyFunction } from './chunk';

/** The channel of a worker that is one Process: see serve.ts. */
interface Channel {
  release(orphaned: () => void): void;
  hold(on: boolean): void;
}

/** What it runs. */
interface Work {
  readonly f: AnyFunction | null;
  readonly args: readonly unknown[];
}

const exit = process.exit.bind(process);

/**
 * The life of a worker that is a Process: it runs one function, and ends when its event loop is empty. What the
 * function throws is told here, on stderr, and by the exit code.
 */
export function live(channel: Channel, maps: readonly ScriptMap[], work: () => Work): void {
  giveSourceMaps(maps);
  watchParent(channel);
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
    if (isThenable(result)) void Promise.resolve(result).catch(failed);
  } catch (error) {
    failed(error);
  }
}

function watchParent(channel: Channel): void {
  const watchers = new Set<() => void>();
  let ended = false;
  channel.release(() => {
    // A daemon has nothing to live for any more.
    if (getCurrentProcess().daemon) exit(0);
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

/** The stacks of an error and its causes, in terms of the user's files. */
function mapStacks(thrown: unknown): void {
  const { mapStack } = require('../lib/reduction/stacks') as typeof Stacks;
  const seen = new Set<unknown>();
  for (let error = thrown; error instanceof Error && !seen.has(error); error = error.cause) {
    seen.add(error);
    try {
      Object.defineProperty(error, 'stack', {
        value: mapStack(error.stack ?? ''),
        configurable: true,
        writable: true,
      });
    } catch {
      // Frozen: it is told as it is.
    }
  }
}
