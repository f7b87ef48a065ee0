import { inspect } from 'node:util';
import * as promises from 'multiprocessing-ts';
import * as memory from 'multiprocessing-ts/shared_memory';
import * as blocking from 'multiprocessing-ts/sync';
import { BOTH } from './support';

describe.each(BOTH)('console.log writes what Python would print (%s)', (facade) => {
  const mp = facade === 'async' ? promises : (blocking as unknown as typeof promises);

  test.each<[string, () => unknown, RegExp]>([
    ['a queue', () => new mp.Queue(), /^<multiprocessing\.queues\.Queue object at 0x\w+>$/],
    ['a joinable queue', () => new mp.JoinableQueue(), /^<multiprocessing\.queues\.JoinableQueue object at/],
    ['a simple queue', () => new mp.SimpleQueue(), /^<multiprocessing\.queues\.SimpleQueue object at/],
    ['a connection', () => mp.Pipe()[0], /^<multiprocessing\.connection\.Connection object at 0x\w+>$/],
    ['a value', () => mp.Value('i', 3), /^<Synchronized wrapper for c_int\(3\)>$/],
    ['a raw value', () => mp.RawValue('d', 3), /^c_double\(3\.0\)$/],
    ['an array', () => mp.Array('i', 2), /^<SynchronizedArray wrapper for <\S+\.c_int_Array_2 object at/],
    ['a raw array', () => mp.RawArray('i', 2), /^<multiprocessing\.sharedctypes\.c_int_Array_2 object at/],
  ])('%s', (_name, make, expected) => {
    const made = make();
    expect(inspect(made)).toMatch(expected);
    expect(String(made)).toBe(inspect(made));
  });

  test('a pool', async () => {
    const pool = new mp.Pool(1);
    expect(inspect(pool)).toBe('<Pool state=RUN pool_size=1>');
    await pool.terminate();
    expect(inspect(pool)).toBe('<Pool state=TERMINATE pool_size=1>');
  });
});

test('console.log writes shared memory as Python would print it', () => {
  const list = new memory.ShareableList([1, 'a']);
  expect(inspect(list)).toMatch(/^ShareableList\(\[1, 'a'\], name='psm_\w+'\)$/);
  expect(inspect(list.shm)).toMatch(/^SharedMemory\('psm_\w+', size=\d+\)$/);
  list.shm.close();
  list.shm.unlink();
});
