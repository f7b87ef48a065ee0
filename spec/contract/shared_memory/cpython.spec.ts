import {
  FileExistsError,
  FileNotFoundError,
  IndexError,
  range,
  ValueError,
} from 'multiprocessing-ts/builtins';
import { Pool } from 'multiprocessing-ts';
import { ShareableList, SharedMemory } from 'multiprocessing-ts/shared_memory';
import { processes, run } from '../process/support';
import { cleanUp, freshName, list, memory, remove } from './support';
import { start } from '../../support/processes';

/*
 * The tests of CPython's own suite about shared memory with a name (Lib/test/_test_multiprocessing.py), under theirs.
 * Left out is what is about its own parts: `_make_filename`, `_flags`, the manager.
 */
afterEach(cleanUp);

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('_TestSharedMemory', () => {
  test('test_shared_memory_name_with_embedded_null', () => {
    const create = () => new SharedMemory({ name: freshName() + '\0extra', create: true, size: 512 });
    expect(create).toThrow(ValueError);
    expect(create).toThrow('embedded null character');
  });

  test('test_shared_memory_basics', () => {
    const name = freshName('basics');
    const sms = memory({ name, create: true, size: 512 });
    expect([sms.name, sms.size, sms.buf.length]).toEqual([name, 512, 512]);
    expect(String(sms)).toContain(name);
    expect(String(sms)).toContain('512');
    sms.buf[0] = 42;
    expect(sms.buf[0]).toBe(42);
    expect(memory({ name }).buf[0]).toBe(42);
    expect(memory({ name, size: 20 * sms.size }).size).toBeLessThan(20 * sms.size);
    expect(() => new SharedMemory({ create: true, size: -2 })).toThrow(ValueError);
    expect(() => new SharedMemory({ create: false })).toThrow(ValueError);

    const uno = memory({ name: freshName('dblunlink'), create: true, size: 5000 });
    const duo = memory({ name: uno.name });
    duo.unlink();
    duo.close();
    uno.close();
    expect(() => uno.unlink()).toThrow(FileNotFoundError);

    expect(() => new SharedMemory({ name, create: true, size: 512 })).toThrow(FileExistsError);
    expect(() => new SharedMemory('test01_notthere')).toThrow(FileNotFoundError);
  });

  test('test_invalid_shared_memory_creation', () => {
    expect(() => new SharedMemory({ create: true, size: -1 })).toThrow(ValueError);
    expect(() => new SharedMemory({ create: true, size: 0 })).toThrow(ValueError);
    expect(() => new SharedMemory({ create: true })).toThrow(ValueError);
  });

  test('test_shared_memory_ShareableList_basics', () => {
    const sl = list(['howdy', Buffer.from('HoWdY'), -273.154, 100, null, true, 42]);
    expect(String(sl)).toContain(sl.shm.name);
    expect(String(sl)).toContain("['howdy', b'HoWdY', -273.154, 100, None, True, 42]");
    expect(() => sl[7]).toThrow(IndexError);
    expect(() => (sl[7] = 2)).toThrow(IndexError);
    sl[0] = 'howdy';
    expect(sl.format).toBe('8s8sdqxxxxxx?xxxxxxxx?q');
    expect(sl).toHaveLength(7);
    expect(() => sl.index('100')).toThrow(ValueError);
    expect(sl.index(100)).toBe(3);
    expect([sl[0], sl[-2]]).toEqual(['howdy', true]);
    expect([...sl]).toEqual(['howdy', Buffer.from('HoWdY'), -273.154, 100, null, true, 42]);

    sl[3] = 42;
    expect(sl[3]).toBe(42);
    sl[4] = 'some';
    expect([sl[4], sl.format]).toEqual(['some', '8s8sdq8sxxxxxxx?q']);
    expect(() => (sl[4] = 'far too many')).toThrow('exceeds available storage');
    expect(sl[4]).toBe('some');
    sl[0] = 'encodés';
    expect([sl[0], sl[1]]).toEqual(['encodés', Buffer.from('HoWdY')]);
    expect(() => (sl[0] = 'encodées')).toThrow('exceeds available storage');
    expect(() => (sl[1] = Buffer.from('123456789'))).toThrow('exceeds available storage');
    expect(sl[1]).toEqual(Buffer.from('HoWdY'));
    expect([sl.count(42), sl.count(Buffer.from('HoWdY')), sl.count(Buffer.from('adios'))]).toEqual([2, 1, 0]);

    const name = freshName('duplicate');
    const copy = list(sl, name);
    expect([copy.shm.name, copy.format, [...copy]]).toEqual([name, sl.format, [...sl]]);
    copy[-1] = 77;
    expect([copy[-1], sl[-1]]).toEqual([77, 42]);

    const tethered = new ShareableList({ name: sl.shm.name });
    expect(tethered.shm.name).toBe(sl.shm.name);
    tethered[-1] = 880;
    expect(sl[-1]).toBe(880);
    tethered.shm.close();

    const empty = list([]);
    expect([empty.length, empty.format, empty.count('any')]).toEqual([0, '', 0]);
    expect(() => empty.index(null)).toThrow(ValueError);
    const none = new ShareableList();
    expect(none).toHaveLength(0);
    none.shm.close();
    none.shm.unlink();
  });
});

processes('_TestSharedMemory', (Process) => {
  test('test_shared_memory_across_processes', async () => {
    const sms = memory({ create: true, size: 512 });
    const attachAndWrite = (given: string | SharedMemory, text: string): void => {
      const local = typeof given === 'string' ? new SharedMemory(given) : given;
      local.buf.set(Buffer.from(text));
      local.close();
    };
    const write = (given: string | SharedMemory, text: string) =>
      run(new Process({ target: attachAndWrite, args: [given, text], daemon: true }));
    expect(await write(sms.name, 'howdy')).toBe(0);
    expect(latin(sms.buf.subarray(0, 5))).toBe('howdy');
    expect(await write(sms, 'HELLO')).toBe(0);
    expect(latin(sms.buf.subarray(0, 5))).toBe('HELLO');
  });
});

describe('what is sent', () => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool(1);
  });
  afterAll(() => pool.terminate());

  test('test_shared_memory_pickle_unpickle', async () => {
    const sms = memory({ create: true, size: 512 });
    sms.buf.set(Buffer.from('pickle'));
    const kept = await pool.apply(
      (there) => {
        const text = Buffer.from(there.buf.subarray(0, 6)).toString();
        there.buf.set(Buffer.from('newval'));
        return [there instanceof SharedMemory, there.name, text, there] as const;
      },
      [sms],
    );
    const back = kept[3];
    expect(kept.slice(0, 3)).toEqual([true, sms.name, 'pickle']);
    expect(back).not.toBe(sms);
    expect(latin(sms.buf.subarray(0, 6))).toBe('newval');
    back.buf.set(Buffer.from('oldval'));
    expect(latin(sms.buf.subarray(0, 6))).toBe('oldval');
    back.close();
  });

  test('test_shared_memory_pickle_unpickle_dead_object', async () => {
    const sms = memory({ create: true, size: 512 });
    sms.close();
    sms.unlink();
    await expect(pool.apply((there) => there.size, [sms])).rejects.toThrow(FileNotFoundError);
  });

  test('test_shared_memory_ShareableList_pickling', async () => {
    const sl = list(range(10));
    const last = await pool.apply(
      (there) => {
        there[4] = 'changed';
        return [there instanceof ShareableList, there[-1]];
      },
      [sl],
    );
    expect(last).toEqual([true, 9]);
    expect(sl[4]).toBe('changed');
    sl[3] = 'newvalue';
    expect(await pool.apply((there) => there[3], [sl])).toBe('newvalue');
  });

  test('test_shared_memory_ShareableList_pickling_dead_object', async () => {
    const sl = list(range(10));
    sl.shm.close();
    sl.shm.unlink();
    await expect(pool.apply((there) => there.length, [sl])).rejects.toThrow(FileNotFoundError);
  });
});

test('test_shared_memory_cleaned_after_process_termination', async () => {
  const program = start('shared_memory.cjs', { args: ['held'] });
  await program.printed('ready');
  const [name] = program.stdout().split('\n') as [string];
  program.kill('SIGTERM');
  const { stderr } = await program.ended;
  try {
    expect(() => new SharedMemory(name)).toThrow(FileNotFoundError);
    expect(stderr).toContain(
      'resource_tracker: There appear to be 1 leaked shared_memory objects to clean up at shutdown',
    );
  } finally {
    remove(name);
  }
});
