import { Process } from 'multiprocessing-ts';
import { BaseManager, currentCaller, type Caller, type Proxied } from 'multiprocessing-ts/managers';
import { testOnLinux } from '../../support/processes';
import { excOf, soon, until } from '../support';
import { Counter, endAll, Mailbox, started } from './support';

/** Held by who has called it last, until that is gone. */
class Held {
  #holder: Caller | null = null;

  hold(): void {
    this.#holder = currentCaller();
  }

  holder(): string | null {
    return this.#holder?.name ?? null;
  }

  callerEnded(caller: Caller): void {
    if (this.#holder === caller) this.#holder = null;
  }
}

class Slow {
  async after(milliseconds: number): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return 'well';
  }
}

class Own extends BaseManager {}
Own.register('Slow', Slow);
Own.register('Counter', Counter);
Own.register('Mailbox', Mailbox);
Own.register('Held', Held);

afterEach(endAll);

describe('a server that is killed', () => {
  test('fails all calls under way, promptly and clearly', async () => {
    const manager = await started(new Own());
    const mailbox = await manager.create<Proxied<Mailbox>>('Mailbox');
    const counter = await manager.create<Proxied<Counter>>('Counter');
    const waiting = Array.from({ length: 20 }, () => excOf(() => mailbox.get()));
    const busy = Array.from({ length: 4 }, () =>
      excOf(async () => {
        for (;;) await counter.increment();
      }),
    );
    await until(() => manager._process?.is_alive() === true);
    await counter.increment();
    manager._process?.kill();
    for (const { type, str } of await soon(Promise.all([...waiting, ...busy]))) {
      expect(['EOFError', 'ConnectionResetError', 'BrokenPipeError']).toContain(type);
      if (type === 'EOFError') expect(str).toMatch(/^the manager at '.*' has ended before it answered$/);
    }
    expect(await soon(excOf(() => counter.increment()))).toEqual({
      type: 'BrokenPipeError',
      str: '[Errno 32] Broken pipe',
    });
    expect((await soon(excOf(() => manager.create('Counter')))).type).toBe('BrokenPipeError');
    await soon(manager.shutdown());
    expect(manager._process?.exitcode).toBe(-9);
  });

  test('is an error in other processes too', async () => {
    const manager = await started(new Own());
    const mailbox = await manager.create<Proxied<Mailbox>>('Mailbox');
    const child = new Process({
      target: async (proxy: Proxied<Mailbox>) => {
        try {
          await proxy.get();
        } catch (error) {
          process.exit(['EOFError', 'ConnectionResetError'].includes((error as Error).name) ? 3 : 4);
        }
      },
      args: [mailbox],
    });
    child.start();
    while ((await mailbox.waiting()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    manager._process?.kill();
    await soon(child.join());
    expect(child.exitcode).toBe(3);
  });
});

describe('a client that is killed', () => {
  test('gives up what it held, and is told to what it called', async () => {
    const manager = await started(new Own());
    const held = await manager.create<Proxied<Held>>('Held');
    const before = await manager._number_of_objects();
    const child = new Process({
      target: async (proxy: Proxied<Held>, counter: Proxied<Counter>) => {
        await counter.increment();
        await proxy.hold();
        await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
      },
      args: [held, await manager.create<Proxied<Counter>>('Counter')],
      name: 'holder',
    });
    child.start();
    while ((await held.holder()) !== 'holder') await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill();
    await child.join();
    while ((await held.holder()) !== null) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await held.holder()).toBeNull();
    expect(await manager._number_of_objects()).toBe(before + 1);
  });

  test('in the middle of a call harms nobody else', async () => {
    const manager = await started(new Own());
    const mailbox = await manager.create<Proxied<Mailbox>>('Mailbox');
    const child = new Process({
      target: async (proxy: Proxied<Mailbox>) => proxy.get(),
      args: [mailbox],
    });
    child.start();
    while ((await mailbox.waiting()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill();
    await child.join();
    await mailbox.put(1);
    await mailbox.put(2);
    expect(await mailbox.get()).toBe(2);
  });
});

describe('a server that answers after a longer time than a connection is kept that nobody needs', () => {
  const longer = 1200;

  testOnLinux('makes what was asked for, though there is no other proxy', async () => {
    const manager = await started(new Own());
    await (await manager.create<Proxied<Counter>>('Counter'))._close();
    const pid = manager._process?.pid as number;
    process.kill(pid, 'SIGSTOP');
    setTimeout(() => process.kill(pid, 'SIGCONT'), longer);
    const counter = await soon(manager.create<Proxied<Counter>>('Counter', 5));
    expect(await counter.increment()).toBe(6);
  });

  test('answers a proxy that was closed after it had asked', async () => {
    const manager = await started(new Own());
    const slow = await manager.create<Proxied<Slow>>('Slow');
    const answer = slow.after(longer);
    await slow._close();
    expect(await soon(answer)).toBe('well');
  });
});

describe('what starts a manager', () => {
  test('ends it when it is killed itself', async () => {
    const manager = await started(new Own());
    const mailbox = await manager.create<Proxied<Mailbox>>('Mailbox');
    const child = new Process({
      target: async (proxy: Proxied<Mailbox>) => {
        const own = await new Own().start();
        await proxy.put(own._process?.pid);
        await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
      },
      args: [mailbox],
    });
    child.start();
    const pid = (await soon(mailbox.get())) as number;
    child.kill();
    await child.join();
    await until(() => !isAlive(pid), 'the end of the manager');
    expect(isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
