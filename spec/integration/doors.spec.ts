import { exports as EXPORTS, typesVersions } from '../../package.json';
import { killAll, run } from '../support/processes';

/** The doors of the package are Python's modules: the same names, the same objects, from CommonJS and ES modules. */
afterEach(killAll);

const DOORS: readonly [string, readonly string[]][] = [
  ['.', ['Pool', 'Process', 'Queue', 'Pipe', 'Lock', 'Value', 'Array', 'TimeoutError', 'get_context']],
  ['./pool', ['Pool', 'ThreadPool', 'AsyncResult', 'MapResult', 'WorkerLostError']],
  ['./sync', ['Pool', 'Process', 'Queue', 'Pipe', 'Lock', 'Value', 'Array', 'TimeoutError', 'get_context']],
  ['./sync/pool', ['Pool', 'ThreadPool', 'AsyncResult', 'MapResult', 'WorkerLostError']],
  ['./sync/process', ['Process', 'active_children', 'current_process', 'parent_process']],
  ['./sync/connection', ['Client', 'Connection', 'Listener', 'Pipe', 'wait']],
  [
    './sync/managers',
    ['BaseManager', 'BaseProxy', 'Manager', 'RemoteError', 'SharedMemoryManager', 'SyncManager'],
  ],
  ['./sync/queue', ['Queue', 'Empty', 'Full']],
  ['./sync/synchronize', ['Barrier', 'BoundedSemaphore', 'Condition', 'Event', 'Lock', 'RLock', 'Semaphore']],
  ['./sync/sharedctypes', ['Array', 'RawArray', 'RawValue', 'Value', 'copy', 'synchronized']],
  ['./sync/shared_memory', ['ShareableList', 'SharedMemory']],
  [
    './sync/concurrent/futures',
    ['Future', 'ProcessPoolExecutor', 'ThreadPoolExecutor', 'as_completed', 'wait'],
  ],
  ['./sync/builtins', ['EOFError', 'ValueError', 'del', 'len', 'print', 'range', 'sleep', 'time']],
  ['./process', ['Process', 'active_children', 'current_process', 'parent_process']],
  ['./connection', ['Client', 'Connection', 'Listener', 'Pipe', 'wait']],
  [
    './managers',
    ['BaseManager', 'BaseProxy', 'Manager', 'RemoteError', 'SharedMemoryManager', 'SyncManager'],
  ],
  ['./queue', ['Queue', 'Empty', 'Full']],
  ['./synchronize', ['Barrier', 'BoundedSemaphore', 'Condition', 'Event', 'Lock', 'RLock', 'Semaphore']],
  ['./sharedctypes', ['Array', 'RawArray', 'RawValue', 'Value', 'copy', 'synchronized']],
  ['./shared_memory', ['ShareableList', 'SharedMemory']],
  ['./concurrent/futures', ['Future', 'ProcessPoolExecutor', 'ThreadPoolExecutor', 'as_completed', 'wait']],
  ['./gevent', ['Greenlet', 'joinall', 'spawn']],
  ['./gevent/pool', ['Pool']],
  ['./reduction', ['PicklingError', 'register']],
  ['./builtins', ['EOFError', 'ValueError', 'print', 'range', 'sleep']],
];

let found: Record<string, { names: string[]; whole: boolean; missing: string[] }> = {};

beforeAll(async () => {
  const { code, stdout, stderr } = await run('doors.mjs');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  found = JSON.parse(stdout) as typeof found;
});

test.each(DOORS)('%s has the names of its module', (path, names) => {
  expect(found[path]?.names).toEqual(expect.arrayContaining([...names]));
});

test('an ES module gets the same objects from each', () => {
  const missing = Object.entries(found).filter(([, door]) => door.missing.length > 0);
  expect(missing).toEqual([]);
});

test('an ES module may import each as a whole, by any name', () => {
  expect(Object.entries(found).filter(([, door]) => !door.whole)).toEqual([]);
});

test('there are no others', () => {
  const others = Object.keys(found).filter((path) => !DOORS.some(([door]) => door === path));
  // Doors that are to come have their line here.
  expect(others).toEqual([]);
});

test('TypeScript finds the types of each, also where it does not look at "exports"', () => {
  const older: Record<string, string[]> = typesVersions['*'];
  const types = Object.entries(EXPORTS).flatMap(([path, door]) =>
    typeof door === 'object' && 'types' in door ? [[path.slice(2), [door.types]]] : [],
  );
  expect(older).toEqual(Object.fromEntries(types));
});
