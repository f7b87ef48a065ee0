import { accessSync, constants, readFileSync } from 'node:fs';

/**
 * A worker sees that its parent is dead by the end of its channel, which a
 * worker in the middle of a synchronous function does not look at. Linux can
 * kill a child with its parent (prctl(2), PR_SET_PDEATHSIG), but only the child
 * can ask for it, before it runs JavaScript: setpriv(1) of util-linux does so
 * and becomes the worker; measured, that costs nothing.
 */
const SETPRIV = '/usr/bin/setpriv';

let supported: boolean | null = null;

/** The command line that starts `program` so that it dies with this process, where the platform can do that. */
export function dyingWithParent(program: string, args: readonly string[]): [string, string[]] {
  supported ??= process.platform === 'linux' && knowsParentDeath();
  // What cannot be started must fail as such, not as a setpriv that fails later.
  return supported && isExecutable(program)
    ? [SETPRIV, ['--pdeathsig', 'KILL', '--', program, ...args]]
    : [program, [...args]];
}

function isExecutable(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Is it there, and is it the one that knows the option? (BusyBox has its own; util-linux's does since 2.33.) */
function knowsParentDeath(): boolean {
  try {
    return readFileSync(SETPRIV).includes('pdeathsig');
  } catch {
    return false;
  }
}
