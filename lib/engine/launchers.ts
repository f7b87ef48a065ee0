import { getCurrentProcess } from '../util/current';
import { processLauncher } from './popen_process';
import type * as PopenThread from './popen_thread';
import type { Launcher } from './worker';

/** How workers are started: as processes, or as threads of this process. */
export type StartMethod = 'spawn' | 'thread';

/** The default one first. */
export const START_METHODS: readonly StartMethod[] = ['spawn', 'thread'];

/** Loaded by who uses threads. */
const popenThread = () => require('./popen_thread') as typeof PopenThread;

export function launcherOf(method: StartMethod): Launcher {
  return method === 'spawn' ? processLauncher : popenThread().threadLauncher;
}

let chosen: StartMethod | null | undefined;

/** What `set_start_method` has chosen, or the first use of the default; `null` while nobody has. */
export function chosenMethod(): StartMethod | null {
  // A child goes on with what its parent has chosen.
  if (chosen === undefined) chosen = getCurrentProcess().startMethod as StartMethod | null;
  return chosen;
}

export function chooseMethod(method: StartMethod | null): void {
  chosen = method;
}

/** The start method of whoever names none. From now on it is chosen. */
export function defaultMethod(): StartMethod {
  const method = chosenMethod() ?? (START_METHODS[0] as StartMethod);
  chosen = method;
  return method;
}
