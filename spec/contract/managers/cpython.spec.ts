/** CPython's own tests of managers (Lib/test/_test_multiprocessing.py), under their names. */
import { randomBytes } from 'node:crypto';
import { Process } from 'multiprocessing-ts';
import { ValueError } from 'multiprocessing-ts/builtins';
import { BaseManager, BaseProxy, RemoteError, type Address, type Proxied } from 'multiprocessing-ts/managers';
import { soon } from '../support';
import { endAll, Mailbox, started } from './support';

class FooBar {
  f(): string {
    return 'f()';
  }

  g(): never {
    throw new ValueError();
  }

  _h(): string {
    return '_h()';
  }
}

function* baz(): Generator<number> {
  for (let i = 0; i < 10; i++) yield i * i;
}

class IteratorProxy extends BaseProxy {
  static override readonly _exposed_ = ['__next__'];

  async *[Symbol.asyncIterator](): AsyncGenerator {
    try {
      for (;;) yield await this._callmethod('__next__');
    } catch (error) {
      if ((error as Error).name !== 'StopIteration') throw error;
    }
  }
}

class MyManager extends BaseManager {
  declare Foo: () => Promise<Proxied<FooBar>>;
  declare Bar: () => Promise<Proxied<FooBar>>;
  declare baz: () => Promise<IteratorProxy>;
}
MyManager.register('Foo', { callable: FooBar });
MyManager.register('Bar', { callable: FooBar, exposed: ['f', '_h'] });
MyManager.register('baz', { callable: baz, proxytype: IteratorProxy });

afterEach(endAll);

describe('_TestMyManager', () => {
  async function common(manager: MyManager): Promise<void> {
    const [foo, bar, numbers] = [await manager.Foo(), await manager.Bar(), await manager.baz()];
    const methods = (proxy: object) => ['f', 'g', '_h'].filter((name) => name in proxy);
    expect(methods(foo)).toEqual(['f', 'g']);
    expect(methods(bar)).toEqual(['f', '_h']);

    expect(await foo.f()).toBe('f()');
    await expect(foo.g()).rejects.toThrow(ValueError);
    expect(await foo._callmethod('f')).toBe('f()');
    await expect(foo._callmethod('_h')).rejects.toThrow(RemoteError);

    expect(await bar.f()).toBe('f()');
    expect(await bar._h()).toBe('_h()');
    expect(await bar._callmethod('f')).toBe('f()');
    expect(await bar._callmethod('_h')).toBe('_h()');

    const all: unknown[] = [];
    for await (const each of numbers) all.push(each);
    expect(all).toEqual([...baz()]);
  }

  test('test_mymanager', async () => {
    const manager = await started(new MyManager({ shutdown_timeout: 45 }));
    await common(manager);
    await manager.shutdown();
    expect(manager._process?.exitcode).toBe(0);
  });

  test('test_mymanager_context_prestarted', async () => {
    const manager = new MyManager({ shutdown_timeout: 45 });
    await manager.start();
    {
      await using entered = manager;
      await common(entered);
    }
    expect(manager._process?.exitcode).toBe(0);
  });
});

class QueueManager extends BaseManager {
  declare get_queue: () => Promise<Proxied<Mailbox>>;
}
let queue: Mailbox | null = null;
QueueManager.register('get_queue', { callable: () => (queue ??= new Mailbox()) });

class QueueManager2 extends BaseManager {
  declare get_queue: () => Promise<Proxied<Mailbox>>;
}
QueueManager2.register('get_queue');

// A module's class goes by value to the process that uses it.
const putter = async (address: Address, authkey: string, value: unknown): Promise<void> => {
  const manager = await new QueueManager2(address, Buffer.from(authkey, 'hex')).connect();
  await (await manager.get_queue()).put(value);
};

describe('_TestRemoteManager', () => {
  // There with the serializer 'xmlrpclib', which makes lists of tuples; here with the only one.
  test('test_remote', async () => {
    const values = ['hello world', null, true, 2.25, 'hallå världen', 'привіт світ', Buffer.from('hall\xe5')];
    const authkey = randomBytes(32);
    const manager = await started(new QueueManager(['127.0.0.1', 0], authkey));
    const process = new Process({
      target: putter,
      args: [manager.address as Address, authkey.toString('hex'), values],
      daemon: true,
    });
    process.start();
    const manager2 = await new QueueManager2(manager.address, authkey).connect();
    const remote = await manager2.get_queue();
    expect(await soon(remote.get())).toEqual(values);
    await expect(remote.put(Promise.resolve())).rejects.toThrow();
    await soon(process.join());
    await remote._close();
  });
});

describe('_TestManagerRestart', () => {
  test('test_rapid_restart', async () => {
    const authkey = randomBytes(32);
    const manager = new QueueManager(['127.0.0.1', 0], authkey);
    const server = manager.get_server();
    const { address } = server;
    await server.stop();
    const first = await started(new QueueManager(address, authkey));
    const process = new Process({ target: putter, args: [address, authkey.toString('hex'), 'hello world'] });
    process.start();
    await soon(process.join());
    const remote = await first.get_queue();
    expect(await soon(remote.get())).toBe('hello world');
    await first.shutdown();

    const second = await started(new QueueManager(address, authkey));
    expect(second.address).toEqual(address);
    expect(await (await second.get_queue()).waiting()).toBe(0);
  });
});
