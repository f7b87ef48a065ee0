import type { StartMethod } from '../engine/launchers';
import { workerIdentity } from '../engine/process_identity';
import type * as ThreadIdentity from '../engine/thread_identity';
import type { Encoded } from '../reduction/types';
import { nextThreadNumber } from '../util/process_counter';

/** Who the workers of a pool are: made anew for each. */
export function poolIdentity(method: StartMethod): () => Encoded {
  if (method === 'spawn') return () => workerIdentity('SpawnPoolWorker', true);
  const { threadIdentity } = require('../engine/thread_identity') as typeof ThreadIdentity;
  return () => threadIdentity(`Thread-${nextThreadNumber()} (worker)`, true);
}
