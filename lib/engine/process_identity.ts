import { encodePlain } from '../reduction/values';
import type { Encoded } from '../reduction/types';
import { authkeyOf } from '../util/authkey';
import { getCurrentProcess, type CurrentProcess } from '../util/current';
import { logSettings } from '../util/log';
import { nextIdentity } from '../util/process_counter';
import { chosenMethod } from './launchers';

/** What is to be said of a child of this process: the rest it has from its parent. */
export type Child = Pick<CurrentProcess, 'name' | 'daemon' | 'identity' | 'kind'>;

/** A child of this process, as it will know itself. */
export function childProcess(child: Child): CurrentProcess {
  const current = getCurrentProcess();
  return {
    ...child,
    authkey: authkeyOf(current),
    parentPid: process.pid,
    parentName: current.name,
    startMethod: chosenMethod(),
  };
}

/** Who a new worker process is: the first thing it is told. */
export function processIdentity(current: CurrentProcess): Encoded {
  const identity = encodePlain({
    current,
    argv: process.argv,
    nodeOptions: process.env.NODE_OPTIONS ?? null,
    log: logSettings(),
  });
  if (identity === null) throw new TypeError('process.argv holds more than strings');
  return identity;
}

/** Who a new worker process of a pool is: named `<prefix>-1` and so on. */
export function workerIdentity(prefix: string, daemon: boolean): Encoded {
  const identity = nextIdentity();
  const name = `${prefix}-${identity.join(':')}`;
  return processIdentity(childProcess({ name, daemon, identity, kind: 'SpawnProcess' }));
}
