import { getCurrentProcess } from '../util/current';
import { adopt, type ProcessObject } from './process_object';
import { setThisProcess } from './this_process';
import type { Work } from './work';

/** The work of a process whose object travels with it. */
export function lifeOf(process: ProcessObject, { target, args }: Work): Work {
  return { target: runProcess as Work['target'], args: [process, target, args] };
}

/** In the child: the object that came is the one of this process, and says what it does. */
export function runProcess(object: ProcessObject, target: Work['target'], args: Work['args']): unknown {
  adopt(object, {
    role: 'current',
    who: getCurrentProcess(),
    pid: process.pid,
    work: { target, args },
    popen: null,
    closed: false,
  });
  setThisProcess(object);
  return object.run();
}
