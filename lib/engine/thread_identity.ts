import { encodePlain } from '../reduction/values';
import type { Encoded } from '../reduction/types';
import { getCurrentProcess } from '../util/current';
import { logSettings } from '../util/log';
import { sharesEnvironment } from './thread_environment';

/** Who a new worker thread is: the first thing it is told. */
export function threadIdentity(name: string, daemon: boolean): Encoded {
  const identity = encodePlain({
    name,
    daemon,
    process: getCurrentProcess(),
    argv: process.argv,
    nodeOptions: sharesEnvironment() ? null : (process.env.NODE_OPTIONS ?? null),
    log: logSettings(),
  });
  if (identity === null) throw new TypeError('process.argv holds more than strings');
  return identity;
}
