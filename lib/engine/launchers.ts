import { processLauncher } from './popen_process';
import type { Launcher } from './worker';

export function launcherOf(_method: string | null): Launcher {
  return processLauncher;
}
