import { threadId } from 'node:worker_threads';
import type * as Log from '../lib/util/log';
import type { LogSettings } from '../lib/util/log';
import { setCurrentProcess, type CurrentProcess } from '../lib/util/current';
import { setCurrentThread } from '../lib/util/current_thread';

/** Who a worker thread is, as its parent tells it first. */
export interface ThreadIdentity {
  readonly name: string;
  readonly daemon: boolean;
  /** The process that it is in, which knows itself as its parent does. */
  readonly process: CurrentProcess;
  readonly argv: readonly string[];
  /** For a thread with an environment of its own: NODE_OPTIONS, which it was started without. */
  readonly nodeOptions: string | null;
  /** What the parent logs, if it logs at all. */
  readonly log: LogSettings | null;
}

export function becomeThread(identity: ThreadIdentity): void {
  setCurrentProcess(identity.process);
  setCurrentThread({ name: identity.name, daemon: identity.daemon, ident: threadId });
  process.argv = [...identity.argv];
  if (identity.log !== null) {
    const { adoptLogSettings } = require('../lib/util/log') as typeof Log;
    adoptLogSettings(identity.log);
  }
  if (identity.nodeOptions !== null) process.env.NODE_OPTIONS = identity.nodeOptions;
}
