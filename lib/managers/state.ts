import { ProcessError } from '../errors';

/** What has become of a manager. */
export type State = 'initial' | 'started' | 'shutdown';

/** What messages call a manager and its server. */
const NAMES = { server: 'server', manager: 'Manager' };

/** @throws ProcessError for a manager that was started, connected or shut down before, in Python's words. */
export function checkInitial(state: State, { server, manager } = NAMES): void {
  if (state === 'started') throw new ProcessError(`Already started ${server}`);
  if (state === 'shutdown') throw new ProcessError(`${manager} has shut down`);
}
