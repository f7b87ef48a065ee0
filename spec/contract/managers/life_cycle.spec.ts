import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Process } from 'multiprocessing-ts';
import { active_children, get_context, ProcessError } from 'multiprocessing-ts';
import { BaseManager } from 'multiprocessing-ts/managers';
import { dumps } from '../../../lib/connection/pickle';
import { exc, excOf, soon } from '../support';
import { AUTHKEY, Counter, endAll, recorded, serving, started } from './support';

class Own extends BaseManager {}
Own.register('Counter', Counter);
Own.register('list', () => []);

/** For tests that leave it as it was: to start one takes longer than what they do. */
let shared: Own;

beforeAll(async () => {
  shared = await new Own().start();
});

afterEach(endAll);

afterAll(() => shared.shutdown());

describe('a manager', () => {
  test('makes nothing before it was started', async () => {
    expect(await excOf(() => new Own().create('Counter'))).toEqual(exc(recorded('use before start')));
  });

  test('does not connect where nobody is', async () => {
    expect(await excOf(() => new Own(['127.0.0.1', 1]).connect())).toEqual(exc(recorded('connect before')));
  });

  test('takes no initializer that is no function', async () => {
    expect(await excOf(() => new Own().start(1 as never))).toEqual(exc(recorded('start(initializer=1)')));
  });

  test('starts once', async () => {
    const manager = shared;
    expect(await excOf(() => manager.start())).toEqual(exc(recorded('start twice')));
    expect(await excOf(() => manager.get_server())).toEqual(exc(recorded('get_server after start')));
  });

  test('cannot be sent, nor its key', async () => {
    const manager = shared;
    expect(await excOf(() => dumps(manager._authkey))).toEqual(exc(recorded('pickle authkey')));
    expect((await excOf(() => dumps(manager))).type).toBe('TypeError');
  });

  test('takes no text for a key', async () => {
    expect(await excOf(() => new BaseManager(null, 'abc' as never))).toEqual(exc(recorded('authkey str')));
  });

  test('registers no types of results that are no strings', async () => {
    const register = () => {
      Own.register('z', Counter, { method_to_typeid: { a: 1 } as never });
    };
    expect(await excOf(register)).toEqual(exc(recorded('register with bad method_to_typeid')));
  });

  test('that was shut down does nothing any more', async () => {
    // Its process has the time to end by itself.
    const manager = await started(new Own({ shutdown_timeout: 45 }));
    const counter = await manager.create('Counter');
    const path = manager.address as string;
    expect(existsSync(path)).toBe(true);
    await manager.shutdown();
    expect(existsSync(dirname(path))).toBe(false);
    expect(await excOf(() => counter._callmethod('increment'))).toEqual(
      exc(recorded('after shutdown: existing proxy')),
    );
    expect(await excOf(() => manager.create('list'))).toEqual(exc(recorded('after shutdown: create')));
    expect(await excOf(() => manager.start())).toEqual(exc(recorded('start after shutdown')));
    await expect(manager.shutdown()).resolves.toBeUndefined();
    await expect(manager.join()).resolves.toBeUndefined();
    expect(manager._process?.exitcode).toBe(0);
  });

  test('that has started no server has none to shut down', async () => {
    expect(await excOf(() => new Own().shutdown())).toEqual({
      type: 'AttributeError',
      str: "'Own' object has no attribute 'shutdown'",
    });
  });

  test('is shut down when its block is left', async () => {
    let process: Process | null;
    {
      await using manager = await new Own().start();
      process = manager._process;
      expect(process?.is_alive()).toBe(true);
    }
    expect(process?.is_alive()).toBe(false);
  });

  test('runs its server in a process that bears its name', async () => {
    const manager = shared;
    expect(manager._process?.name).toMatch(/^Own-\d+$/);
    expect(active_children()).toContain(manager._process);
    const counter = await manager.create('Counter');
    expect(await counter._callmethod('pid')).toBe(manager._process?.pid);
  });

  test('leaves no socket behind when its process was killed', async () => {
    const manager = await started(new Own());
    const path = manager.address as string;
    manager._process?.kill();
    await manager.join();
    await manager.shutdown();
    expect(existsSync(dirname(path))).toBe(false);
    expect(manager._process?.exitcode).toBe(-9);
  });

  test('calls the initializer first, in its process', async () => {
    class Seen extends BaseManager {}
    let greeting = 'nobody';
    Seen.register('greeting', () => ({ get: () => greeting }));
    const manager = new Seen();
    await started(
      manager,
      (name: string) => {
        greeting = `hello ${name}`;
      },
      ['you'],
    );
    const proxy = await manager.create('greeting');
    expect(await proxy._callmethod('get')).toBe('hello you');
    expect(greeting).toBe('nobody');
  });

  test('fails with its initializer, and can be started again', async () => {
    const manager = new Own();
    const start = manager.start(() => {
      throw new RangeError('not today');
    });
    await expect(soon(start)).rejects.toThrow('not today');
    await started(manager);
    expect(await manager._number_of_objects()).toBe(0);
  });

  test('fails when its process ends before it serves', async () => {
    const start = new Own().start(() => process.exit(7));
    await expect(soon(start)).rejects.toThrow(ProcessError);
  });

  test('says when its address is taken', async () => {
    const first = serving(new Own(['127.0.0.1', 0], AUTHKEY));
    expect((await excOf(() => new Own(first.address, AUTHKEY).start())).str).toContain(
      'Address already in use',
    );
  });

  test('is not opened to other machines without a key of its own', async () => {
    expect((await excOf(() => new Own(['0.0.0.0', 0]).get_server())).str).toContain('give it an authkey');
    expect((await excOf(() => new Own(['', 0]).start())).type).toBe('ValueError');
    expect(serving(new Own(['0.0.0.0', 0], AUTHKEY)).address).toEqual(['0.0.0.0', expect.any(Number)]);
  });

  test('lets Ctrl-C pass', async () => {
    process.kill(shared._process?.pid ?? 0, 'SIGINT');
    await expect(shared._number_of_objects()).resolves.toEqual(expect.any(Number));
    expect(shared._process?.is_alive()).toBe(true);
  });

  test('may be a thread', async () => {
    const manager = await started(new Own({ ctx: get_context('thread') }));
    const counter = await manager.create('Counter');
    expect(await counter._callmethod('pid')).toBe(process.pid);
    expect(await counter._callmethod('increment')).toBe(1);
  });

  test('ends a process that does not end by itself', async () => {
    const manager = await started(new Own({ shutdown_timeout: 0.2 }));
    const counter = await manager.create('Counter');
    void counter._callmethod('block').catch(() => undefined);
    await soon(manager.shutdown());
    expect(manager._process?.is_alive()).toBe(false);
  });
});
