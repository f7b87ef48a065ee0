import { setCurrentProcess } from '../lib/util/current';

/** Who a worker is, as its parent tells it first. */
export interface Identity {
  readonly name: string;
  readonly daemon: boolean;
  readonly parentPid: number;
  /** The parent's command line: Python's spawn hands it down too. */
  readonly argv: readonly string[];
  /** The parent's NODE_OPTIONS, which the worker itself was started without. */
  readonly nodeOptions: string | null;
}

export function becomeWorker(identity: Identity): void {
  setCurrentProcess({ name: identity.name, daemon: identity.daemon, parentPid: identity.parentPid });
  process.argv = [...identity.argv];
  if (identity.nodeOptions !== null) process.env.NODE_OPTIONS = identity.nodeOptions;
}
