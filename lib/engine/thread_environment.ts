import { SHARE_ENV } from 'node:worker_threads';
import { mainRealm } from '../util/realm';
import { childExecArgv, nodeOptions, packageHook } from './child_environment';

/**
 * Flags that are given to each thread anew; all others hold for the whole process, and so for its threads. With the
 * permission model among them: a thread without its flags would be free of it.
 */
const OF_THREAD =
  /^(--(conditions|(experimental-)?permission|allow-(fs-read|fs-write|child-process|worker|addons|wasi|inspector|net)|preserve-symlinks|enable-source-maps|no-warnings|no-deprecation|trace-(warnings|deprecation|uncaught|exit)|throw-deprecation|unhandled-rejections|dns-result-order|experimental-vm-modules)(-main)?|-C)(=|$)/;

/**
 * As in Python, all threads of a process have one environment. Not where this module does not see the real one:
 * each Jest test file has a copy, so its threads have a copy of that.
 */
export function sharesEnvironment(): boolean {
  return process.env === mainRealm.process.env;
}

/** What a new thread has as its environment: never NODE_OPTIONS, see {@link withoutNodeOptions}. */
export function threadEnvironment(): NodeJS.ProcessEnv | typeof SHARE_ENV {
  if (sharesEnvironment()) return SHARE_ENV;
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  return env;
}

/** Flags of node that a thread is given: those of NODE_OPTIONS and of this process, without loaders. */
export function threadExecArgv(): string[] {
  const words = nodeOptions().map((word) => word.replace(/^"(.*)"$/, '$1'));
  return [
    ...packageHook(),
    ...childExecArgv(words, OF_THREAD),
    ...childExecArgv(process.execArgv, OF_THREAD),
  ];
}

/**
 * A new thread reads NODE_OPTIONS while it is made, would load what is named there (ts-node, tsx: a third of a
 * second) and refuses flags that are not for threads. So it does not find it.
 */
export function withoutNodeOptions<T>(make: () => T): T {
  const { env } = mainRealm.process;
  const kept = env.NODE_OPTIONS;
  if (kept === undefined) return make();
  delete env.NODE_OPTIONS;
  try {
    return make();
  } finally {
    env.NODE_OPTIONS = kept;
  }
}
