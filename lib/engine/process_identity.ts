import { encodePlain } from '../reduction/values';
import type { Encoded } from '../reduction/types';
import { getCurrentProcess } from '../util/current';
import { logSettings } from '../util/log';

/** Who a new worker process is: the first thing it is told. */
export function processIdentity(name: string, daemon: boolean): Encoded {
  const identity = encodePlain({
    name,
    daemon,
    parentPid: process.pid,
    parentName: getCurrentProcess().name,
    argv: process.argv,
    nodeOptions: process.env.NODE_OPTIONS ?? null,
    log: logSettings(),
  });
  if (identity === null) throw new TypeError('process.argv holds more than strings');
  return identity;
}
