import { ProcessError } from '../errors';

/** What has become of a manager. */
export type State = 'initial' | 'started' | 'shutdown';

/**
 * @param ofMemory - is a SharedMemoryManager asked for a server? It names itself.
 * @throws ProcessError for a manager that was started, connected or shut down before, in Python's words.
 */
export function checkInitial(state: State, ofMemory = false): void {
  if (state === 'started')
    throw new ProcessError(`Already started ${ofMemory ? 'SharedMemoryServer' : 'server'}`);
  if (state === 'shutdown')
    throw new ProcessError(`${ofMemory ? 'SharedMemoryManager' : 'Manager'} has shut down`);
}
