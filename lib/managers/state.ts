import { ProcessError } from '../errors';

/** What has become of a manager. */
export type State = 'initial' | 'started' | 'shutdown';

/** @throws ProcessError for a manager that was started, connected or shut down before, in Python's words. */
export function checkInitial(state: State): void {
  if (state === 'started') throw new ProcessError('Already started server');
  if (state === 'shutdown') throw new ProcessError('Manager has shut down');
}
