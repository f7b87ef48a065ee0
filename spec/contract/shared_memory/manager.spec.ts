import { randomBytes } from 'node:crypto';
import { get_context } from 'multiprocessing-ts';
import { FileNotFoundError } from 'multiprocessing-ts/builtins';
import { ProcessError } from 'multiprocessing-ts';
import { BaseManager, RemoteError, SharedMemoryManager } from 'multiprocessing-ts/managers';
import { ShareableList, SharedMemory } from 'multiprocessing-ts/shared_memory';
import { run } from '../../support/processes';
import { testWithPython } from '../../support/python';
import { overFacades } from '../managers/facades';
import { AUTHKEY, endAll, serving, started } from '../managers/support';
import { excOf, soon } from '../support';
import { cleanUp, exists, talkWithPython, type Conversation } from './support';

let talk: Conversation | null = null;
afterEach(async () => {
  cleanUp();
  await endAll();
  talk?.stop();
  await talk?.ended;
  talk = null;
});

overFacades((managers) => {
  /** CPython's own test, under its name. */
  test('test_shared_memory_SharedMemoryManager_basics', async () => {
    const smm1 = new managers.SharedMemoryManager();
    expect(await excOf(() => smm1.SharedMemory({ size: 9 }))).toMatchObject({ type: 'ValueError' });
    await started(smm1);
    const lol: ShareableList[] = [];
    for (let i = 5; i < 10; i++) lol.push(await smm1.ShareableList(Array(i).keys()));
    const lom: SharedMemory[] = [];
    for (let j = 32; j < 128; j += 16) lom.push(await smm1.SharedMemory(j));
    using list = new ShareableList({ name: lol[0]!.shm.name }).shm;
    expect(list.size).toBe(lol[0]!.shm.size);
    using memory = new SharedMemory(lom[0]!.name);
    expect(memory.buf.length).toBeGreaterThanOrEqual(32);
    await smm1.shutdown();
    for (const shm of [...lom, ...lol.map((each) => each.shm)]) {
      expect(exists(shm.name)).toBe(false);
      shm.close();
    }

    const smm2 = await started(new managers.SharedMemoryManager());
    const sl = await smm2.ShareableList('howdy');
    expect([...sl]).toEqual(['h', 'o', 'w', 'd', 'y']);
    sl.shm.close();
    await smm2.shutdown();
    expect(() => new ShareableList({ name: sl.shm.name })).toThrow(FileNotFoundError);
  });

  test('memory is there for all, and stays while anybody has it attached', async () => {
    const manager = await started(new managers.SharedMemoryManager());
    using shm = await manager.SharedMemory(16);
    await using pool = new (get_context('spawn').Pool)(1);
    await pool.apply(
      (same: SharedMemory) => {
        same.buf[3] = 7;
        same.close();
      },
      [shm],
    );
    await manager.shutdown();
    expect(shm.buf[3]).toBe(7);
    shm.buf[4] = 8;
    expect(shm.buf[4]).toBe(8);
  });

  test('what a user has unlinked is no error at the end', async () => {
    const manager = await started(new managers.SharedMemoryManager());
    const [first, second] = [await manager.SharedMemory(16), await manager.SharedMemory(16)];
    first.close();
    first.unlink();
    second.close();
    await manager.shutdown();
    expect(exists(second.name)).toBe(false);
  });

  test('a server in a thread unlinks as well', async () => {
    const manager = await started(new managers.SharedMemoryManager({ ctx: get_context('thread') }));
    const shm = await manager.SharedMemory(16);
    shm.close();
    await manager.shutdown();
    expect(exists(shm.name)).toBe(false);
  });

  test('what cannot be made is an error, and nothing is left behind', async () => {
    const manager = await started(new managers.SharedMemoryManager());
    expect(await excOf(() => manager.SharedMemory(0))).toMatchObject({ type: 'ValueError' });
    expect(await excOf(() => manager.ShareableList([{} as never]))).toMatchObject({ type: 'KeyError' });
    expect(await excOf(() => (manager.SharedMemory as () => unknown)())).toEqual({
      type: 'TypeError',
      str: "SharedMemory() missing 1 required positional argument: 'size'",
    });
  });

  test('after shutdown there is nobody to ask, and nothing is left behind', async () => {
    const manager = await started(new managers.SharedMemoryManager());
    await manager.shutdown();
    expect(['FileNotFoundError', 'ConnectionRefusedError']).toContain(
      (await excOf(() => manager.SharedMemory(16))).type,
    );
  });

  test('it names itself where it refuses to make a server', async () => {
    const manager = await started(new managers.SharedMemoryManager());
    const refused = (): unknown => manager.get_server();
    expect(refused).toThrow(new ProcessError('Already started SharedMemoryServer'));
    await manager.shutdown();
    expect(refused).toThrow(new ProcessError('SharedMemoryManager has shut down'));
  });
});

describe('a server of shared memory', () => {
  const served = () => serving(new SharedMemoryManager(['127.0.0.1', 0], AUTHKEY));

  test('serves those that only know its address', async () => {
    const server = served();
    const manager = new SharedMemoryManager(server.address, AUTHKEY);
    using shm = await soon(manager.SharedMemory(16));
    await server.stop();
    expect(() => {
      shm.unlink();
    }).toThrow(FileNotFoundError);
  });

  test('that of another manager does not know what is asked, and nothing is left behind', async () => {
    const server = serving(new BaseManager(['127.0.0.1', 0], AUTHKEY));
    const manager = new SharedMemoryManager(server.address, AUTHKEY);
    await expect(soon(manager.SharedMemory(16))).rejects.toThrow(RemoteError);
    await expect(soon(manager.SharedMemory(16))).rejects.toThrow("'track_segment' unrecognized");
  });

  testWithPython('serves Python', async () => {
    const server = served();
    talk = talkWithPython(
      `
from multiprocessing.managers import SharedMemoryManager, dispatch
manager = SharedMemoryManager(tuple(args[0]), b'secret')
manager.connect()
first, second = manager.SharedMemory(16), manager.ShareableList(['a', 2])
for shm in (first, second.shm): forget(shm)
first.buf[0] = 9
with manager._Client(manager._address, authkey=manager._authkey) as c: say(dispatch(c, None, 'list_segments') == [first.name, second.shm.name])
say([first.name, second.shm.name]); next()
with manager._Client(manager._address, authkey=manager._authkey) as c: dispatch(c, None, 'release_segment', (second.shm.name,))
with manager._Client(manager._address, authkey=manager._authkey) as c: say(dispatch(c, None, 'list_segments') == [first.name])
try:
    with manager._Client(manager._address, authkey=manager._authkey) as c: dispatch(c, None, 'release_segment', ('other',))
except Exception as e: say('list.remove(x): x not in list' in str(e))
`,
      server.address,
    );
    expect(await talk.hear()).toBe(true);
    const [name, list] = (await talk.hear()) as [string, string];
    {
      using shm = new SharedMemory(name);
      expect(shm.buf[0]).toBe(9);
      using items = new ShareableList({ name: list }).shm;
      expect(items.size).toBeGreaterThan(16);
    }
    talk.tell();
    expect([await talk.hear(), await talk.hear()]).toEqual([true, true]);
    expect(await talk.ended).toBe('');
    expect(exists(list)).toBe(false);
    expect(exists(name)).toBe(true);
    await server.stop();
    expect(exists(name)).toBe(false);
  });

  testWithPython('of Python tracks what is made here', async () => {
    const key = randomBytes(8).toString('hex');
    talk = talkWithPython(
      `
from multiprocessing.managers import SharedMemoryManager
with SharedMemoryManager(('127.0.0.1', 0), args[0].encode()) as manager:
    say(manager.address); name = next()
    shm = SharedMemory(name); forget(shm); shm.buf[1] += 1
say(None)
`,
      key,
    );
    const address = (await talk.hear()) as [string, number];
    const manager = new SharedMemoryManager(address, Buffer.from(key));
    await soon(manager.connect());
    using shm = await soon(manager.SharedMemory(16));
    shm.buf[1] = 41;
    talk.tell(shm.name);
    await talk.hear();
    expect(await talk.ended).not.toContain('leaked');
    expect(shm.buf[1]).toBe(42);
    expect(() => {
      shm.unlink();
    }).toThrow(FileNotFoundError);
  });
});

describe('a program that does not shut it down', () => {
  test.each(['end', 'exit', 'throw', 'sync'])(
    'leaves nothing behind, and needs no warning: %s',
    async (kind) => {
      const { code, stdout, stderr } = await run('shared_memory_manager.cjs', { args: [kind] });
      const names = stdout.split('\n').filter((line) => line !== '');
      expect(names).toHaveLength(2);
      expect(code).toBe(kind === 'throw' ? 1 : 0);
      expect(stderr).not.toContain('leaked');
      expect(names.filter(exists)).toEqual([]);
    },
  );
});
