import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { get_logger, Process } from 'multiprocessing-ts';
import { BaseManager, type Proxied } from 'multiprocessing-ts/managers';
import { excOf, soon, until } from '../support';
import { Counter, endAll, Mailbox, started } from './support';

/** What lines that share memory say: after so many calls. */
const SAYS = 'a manager shares memory';
const ENOUGH = 1000;

/** In which order calls were begun. */
class Log {
  readonly #numbers: number[] = [];

  add(number: number, ..._rest: unknown[]): void {
    this.#numbers.push(number);
  }

  later(number: number): Promise<void> {
    this.#numbers.push(number);
    return new Promise((resolve) => setTimeout(resolve, 1));
  }

  numbers(): number[] {
    return this.#numbers;
  }

  echo<T>(value: T): T {
    return value;
  }
}

class Own extends BaseManager {}
Own.register('Counter', Counter);
Own.register('Log', Log);
Own.register('Mailbox', Mailbox);

let shares = 0;
const hear = ({ message }: { readonly message: string }): void => {
  if (message === SAYS) shares++;
};

beforeEach(() => {
  shares = 0;
  get_logger().setLevel(10);
  get_logger().addHandler(hear);
});
afterEach(async () => {
  await endAll();
  get_logger().removeHandler(hear);
  get_logger().setLevel(0);
});

/** Calls until both ends share memory. */
async function shorten(manager: Own): Promise<void> {
  const counter = await manager.create<Proxied<Counter>>('Counter');
  for (let i = 0; i < ENOUGH; i++) await counter.increment();
  await counter._close();
  await until(() => shares > 0, 'shared memory');
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, i) => i);

describe('calls of a manager that go through shared memory', () => {
  test('are begun in their order, before, at and after the change', async () => {
    const manager = await started(new Own());
    const log = await manager.create<Proxied<Log>>('Log');
    const calls: Promise<unknown>[] = [];
    let number = 0;
    for (let round = 0; round < 60; round++) {
      for (let i = 0; i < 50; i++) calls.push(i % 7 === 0 ? log.later(number++) : log.add(number++));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await soon(Promise.all(calls));
    expect(shares).toBe(1);
    expect(await log.numbers()).toEqual(upTo(number));
  });

  test('keep it when some are too long for that', async () => {
    const manager = await started(new Own());
    await shorten(manager);
    const log = await manager.create<Proxied<Log>>('Log');
    const long = Buffer.alloc(5 << 20, 7);
    const middle = Buffer.alloc(1 << 20, 8);
    const calls = upTo(60).map((i) =>
      i % 10 === 3 ? log.add(i, long) : i % 10 === 5 ? log.add(i, middle) : log.add(i),
    );
    await soon(Promise.all(calls));
    expect(await log.numbers()).toEqual(upTo(60));
    expect(Buffer.from((await log.echo(long)) as Uint8Array).equals(long)).toBe(true);
  });

  test('are answered all, also when there are more than it has room for', async () => {
    const manager = await started(new Own());
    await shorten(manager);
    const log = await manager.create<Proxied<Log>>('Log');
    const item = 'x'.repeat(10_000);
    const echoes = await soon(Promise.all(upTo(200).map((i) => log.echo(`${i} ${item}`))));
    expect(echoes).toEqual(upTo(200).map((i) => `${i} ${item}`));
  });

  test('fail when the server is killed', async () => {
    const manager = await started(new Own());
    await shorten(manager);
    const mailbox = await manager.create<Proxied<Mailbox>>('Mailbox');
    const waiting = upTo(5).map(() => excOf(() => mailbox.get()));
    while ((await mailbox.waiting()) < 5);
    manager._process?.kill();
    for (const { type } of await soon(Promise.all(waiting)))
      expect(['EOFError', 'ConnectionResetError']).toContain(type);
  });

  test('are woken for an answer that comes late', async () => {
    const manager = await started(new Own());
    await shorten(manager);
    const mailbox = await manager.create<Proxied<Mailbox>>('Mailbox');
    const child = new Process({
      target: async (proxy: Proxied<Mailbox>) => {
        while ((await proxy.waiting()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        await proxy.put('late');
      },
      args: [mailbox],
    });
    child.start();
    expect(await soon(mailbox.get())).toBe('late');
    await soon(child.join());
  });

  test('of a client that is killed leave no references', async () => {
    const manager = await started(new Own());
    const before = await manager._number_of_objects();
    const mailbox = await manager.create<Proxied<Mailbox>>('Mailbox');
    const log = await manager.create<Proxied<Log>>('Log');
    const child = new Process({
      target: async (proxy: Proxied<Mailbox>, own: Proxied<Log>) => {
        for (let i = 0; i < 1000; i++) await own.add(i);
        await proxy.put('ready');
        for (;;) await own.add(0);
      },
      args: [mailbox, log],
    });
    child.start();
    expect(await soon(mailbox.get())).toBe('ready');
    await log._close();
    expect(await manager._number_of_objects()).toBe(before + 2);
    child.kill();
    await soon(child.join());
    let count = Infinity;
    await soon(
      (async () => {
        while (count > before + 1) count = await manager._number_of_objects();
      })(),
    );
    expect(count).toBe(before + 1);
  });
});

describe('a program that shares memory with a manager', () => {
  test('ends when it has nothing more to do', async () => {
    const program = join(__dirname, '../../fixtures/programs/manager_calls.cjs');
    const { stdout } = await promisify(execFile)(process.execPath, [program, String(ENOUGH)], {
      timeout: 45_000,
    });
    expect(stdout.trim()).toBe('true true');
  });
});
