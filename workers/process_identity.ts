import type * as Log from '../lib/util/log';
import type { LogSettings } from '../lib/util/log';
import { setCurrentProcess, type CurrentProcess } from '../lib/util/current';

/** Loaded only if something is logged. */
const log = () => require('../lib/util/log') as typeof Log;

/** Who a worker is, as its parent tells it first. */
export interface ProcessIdentity {
  readonly current: CurrentProcess;
  /** The parent's command line: Python's spawn hands it down too. */
  readonly argv: readonly string[];
  /** The parent's NODE_OPTIONS, which the worker itself was started without. */
  readonly nodeOptions: string | null;
  /** What the parent logs, if it logs at all. */
  readonly log: LogSettings | null;
}

export function becomeProcess(identity: ProcessIdentity): void {
  setCurrentProcess(identity.current);
  process.argv = [...identity.argv];
  if (identity.log !== null) {
    const { adoptLogSettings, info } = log();
    adoptLogSettings(identity.log);
    info('child process calling self.run()');
    process.once('exit', (code) => {
      info(`process exiting with exitcode ${code}`);
    });
  }
  if (identity.nodeOptions !== null) process.env.NODE_OPTIONS = identity.nodeOptions;
}
