import { info } from '../util/log';
import type { Popen } from './popen';
import type { ProcessCore } from './process_core';

/**
 * The processes that this thread has started and that live. What becomes of them when it ends is Python's rule:
 * daemons are terminated, then all are awaited.
 */

const children = new Map<ProcessCore, Popen>();
let listening = false;

export function addChild(child: ProcessCore, popen: Popen): void {
  children.set(child, popen);
  if (listening) return;
  listening = true;
  process.on('beforeExit', endWithLoop);
  process.on('exit', endNow);
}

export function forgetChild(child: ProcessCore): void {
  children.delete(child);
}

/** Those that live, oldest first. */
export function liveChildren(): ProcessCore[] {
  forgetTheDead();
  return [...children.keys()];
}

function forgetTheDead(): void {
  for (const [child, popen] of children) if (popen.ended) children.delete(child);
}

/** Nothing but children may be left to do here: the event loop runs on until they have ended. */
function endWithLoop(): void {
  forgetTheDead();
  if (children.size === 0) return;
  info('process shutting down');
  for (const [{ name, daemon }, popen] of children) {
    if (!daemon) continue;
    info(`calling terminate() for daemon ${name}`);
    popen.end();
  }
  for (const [{ name }, popen] of children) {
    info(`calling join() for process ${name}`);
    popen.watch(() => undefined);
  }
}

/** The same, for `process.exit()` and uncaught errors, after which the event loop does not run any more. */
function endNow(): void {
  const daemons = [...children].filter(([{ daemon }]) => daemon).map(([, popen]) => popen);
  const others = [...children].filter(([{ daemon }]) => !daemon).map(([, popen]) => popen);
  for (const popen of daemons) popen.signal('SIGTERM');
  for (const [{ name }, popen] of children) if (popen.isUntold) giveUp(name, popen);
  for (const popen of others) while (!popen.hasEnded()) pause();
  const ending = new Map(daemons.map((popen) => [popen, popen.allowance]));
  while (ending.size > 0) {
    for (const [popen, allowance] of ending) {
      if (popen.hasEnded()) ending.delete(popen);
      else if (!allowance.spend(PAUSE)) {
        popen.signal('SIGKILL');
        ending.delete(popen);
      }
    }
    if (ending.size > 0) pause();
  }
}

/** Where no file can be made its arguments are still here, and it would wait for them for ever. */
function giveUp(name: string, popen: Popen): void {
  process.stderr.write(
    `Process ${name}: killed, as its arguments have not all been sent when the program ended\n`,
  );
  popen.signal('SIGKILL');
}

/** How often to look, in milliseconds. */
const PAUSE = 5;
let never: Int32Array | null = null;

function pause(): void {
  never ??= new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(never, 0, 0, PAUSE);
}
