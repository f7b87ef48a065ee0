import { getCurrentProcess } from '../util/current';
import { getParentWatch } from '../util/parent';
import { clearInterval, setInterval } from '../util/timers';
import type { Ending } from './sentinels';

/** The end of the process that started this one. */
export const endOfParent: Ending = {
  get ended() {
    if (getParentWatch()?.ended === true) return true;
    const { parentPid } = getCurrentProcess();
    // Whoever outlives its parent is adopted by another process. The parent of a thread is in the same one.
    return process.platform !== 'win32' && parentPid !== process.pid && process.ppid !== parentPid;
  },
  watch: (notify) => getParentWatch()?.watch(notify) ?? poll(notify),
};

/** How often to look where nothing tells of its end: in threads of its child. In milliseconds. */
const LOOK = 50;

function poll(notify: () => void): () => void {
  const timer = setInterval(() => {
    if (!endOfParent.ended) return;
    clearInterval(timer);
    notify();
  }, LOOK);
  return () => {
    clearInterval(timer);
  };
}
