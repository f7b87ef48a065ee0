import { encodePlain } from '../reduction/values';
import type { Encoded } from '../reduction/types';
import { authkeyOf } from '../util/authkey';
import { getCurrentProcess, type CurrentProcess } from '../util/current';
import { logSettings } from '../util/log';
import { chosenMethod } from './launchers';
import { sharesEnvironment } from './thread_environment';

/**
 * Who a new worker thread is: the first thing it is told.
 *
 * @param current - the process that it takes itself to be in. @default the one that it is in
 */
export function threadIdentity(name: string, daemon: boolean, current = thisProcess()): Encoded {
  const identity = encodePlain({
    name,
    daemon,
    process: current,
    argv: process.argv,
    nodeOptions: sharesEnvironment() ? null : (process.env.NODE_OPTIONS ?? null),
    log: logSettings(),
  });
  if (identity === null) throw new TypeError('process.argv holds more than strings');
  return identity;
}

function thisProcess(): CurrentProcess {
  const current = getCurrentProcess();
  return { ...current, authkey: authkeyOf(current), startMethod: chosenMethod() };
}
