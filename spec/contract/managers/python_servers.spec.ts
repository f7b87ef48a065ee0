import { AuthenticationError } from 'multiprocessing-ts';
import { EOFError } from 'multiprocessing-ts/builtins';
import { PicklingError } from 'multiprocessing-ts/reduction';
import { BaseManager, RemoteError, type BaseProxy } from 'multiprocessing-ts/managers';
import { testWithPython } from '../../support/python';
import { excOf, soon } from '../support';
import { AUTHKEY, endAll, pythonServer, type PythonServer as Server } from './support';

class Own extends BaseManager {}
for (const typeid of ['Counter', 'get_mailbox', 'RLock', 'Lock']) Own.register(typeid);

type Call = (...args: unknown[]) => Promise<unknown>;
type Remote<K extends string> = BaseProxy & Record<K, Call>;

let own: Server | null = null;

/** One server for all tests that leave it as it was: to start one takes longer than what they do. */
async function connected(): Promise<Own> {
  own ??= await pythonServer('own');
  return soon(new Own(own.address, AUTHKEY).connect());
}

afterAll(endAll);

const counterOf = (
  manager: Own,
  ...args: unknown[]
): Promise<
  Remote<'increment' | 'echo' | 'fail' | 'unpicklable' | 'numbers' | 'keep' | 'increment_kept' | 'give_kept'>
> => manager.create('Counter', ...args);

describe('a manager in Python, for clients in Node', () => {
  testWithPython('makes objects and calls their methods', async () => {
    const counter = await counterOf(await connected(), 5);
    expect(await counter.increment()).toBe(6);
    expect(counter.constructor.name).toBe('AutoProxy[Counter]');
    expect(counter).not.toHaveProperty('_private');
    expect(await counter.str()).toMatch(/^<__main__\.Counter object at 0x/);
  });

  testWithPython('takes keywords', async () => {
    const manager = await connected();
    const counter = await manager._make<Remote<'increment'>>('Counter', [1], { step: 5 });
    expect(await counter.increment()).toBe(6);
    expect(await counter._callmethod('echo', [1], { a: 2 })).toEqual([[1], new Map([['a', 2]])]);
  });

  testWithPython.each([
    null,
    true,
    -1.5,
    2n ** 70n,
    'ä€😀',
    [1, [2]],
    new Map<unknown, unknown>([
      ['a', 1],
      [2, 'b'],
    ]),
    new Set([1, 2]),
    Buffer.from([0, 255]),
  ])('gives back what it gets: %p', async (value) => {
    const counter = await counterOf(await connected());
    expect(await counter.echo(value)).toEqual([[value], new Map()]);
  });

  testWithPython('sends what its methods raise', async () => {
    const counter = await counterOf(await connected());
    const error = await counter.fail().catch((each: unknown) => each);
    expect(error).toMatchObject({ name: 'ValueError', args: ['boom', 1] });
    await expect(counter.unpicklable()).rejects.toThrow(RemoteError);
    await expect(counter._callmethod('_private')).rejects.toThrow(
      /method '_private' of <class '__main__.Counter'>/,
    );
    expect(await counter.increment()).toBe(1);
  });

  testWithPython('is not asked what cannot be sent', async () => {
    const counter = await counterOf(await connected());
    await expect(counter.echo(1, () => 1)).rejects.toThrow(PicklingError);
    await expect(counter.echo(1, () => 1)).rejects.toThrow(/: args\[1\]$/);
    expect(await counter.increment()).toBe(1);
  });

  testWithPython('keeps what a method returns', async () => {
    const counter = await counterOf(await connected());
    const numbers = (await counter.numbers()) as Remote<'__next__'>;
    expect([await numbers.__next__(), await numbers.__next__(), await numbers.__next__()]).toEqual([0, 1, 2]);
    expect((await excOf(() => numbers.__next__())).type).toBe('StopIteration');
  });

  testWithPython('holds objects in objects', async () => {
    const manager = await connected();
    const [keeper, counter] = [await counterOf(manager), await counterOf(manager, 10)];
    await keeper.keep(counter);
    expect(await keeper.increment_kept()).toBe(11);
    const kept = (await keeper.give_kept()) as Remote<'increment'>;
    expect(await kept.increment()).toBe(12);
    expect(await counter.increment()).toBe(13);
  });

  testWithPython('counts proxies', async () => {
    const manager = await connected();
    const counter = await counterOf(manager);
    const { _id } = counter;
    // How many objects there are depends on what garbage of others is found meanwhile.
    expect(await manager._number_of_objects()).toBeGreaterThan(0);
    expect(await manager._debug_info()).toMatch(new RegExp(`${_id}: +refcount=1`));
    await counter._close();
    expect(await manager._debug_info()).not.toContain(_id);
  });

  testWithPython('does not block those who put while others wait', async () => {
    const mailbox = await (await connected()).create<Remote<'put' | 'get'>>('get_mailbox');
    const got = Promise.all(Array.from({ length: 8 }, () => mailbox.get()));
    for (let i = 0; i < 8; i++) await mailbox.put(i);
    expect((await soon(got)).map(Number).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  testWithPython('serves many calls at once', async () => {
    const counter = await counterOf(await connected());
    const all = await soon(Promise.all(Array.from({ length: 200 }, () => counter.increment())));
    expect(new Set(all).size).toBe(200);
  });

  testWithPython('lets nobody in who has the wrong key', async () => {
    const { address } = await connected();
    await expect(new Own(address, Buffer.from('wrong')).connect()).rejects.toThrow(AuthenticationError);
  });

  testWithPython('fails calls under way when it dies', async () => {
    const { address, process: server } = await pythonServer('own');
    const manager = await soon(new Own(address, AUTHKEY).connect());
    const mailbox = await manager.create<Remote<'get'>>('get_mailbox');
    const waiting = Promise.all([excOf(() => mailbox.get()), excOf(() => mailbox.get())]);
    await counterOf(manager);
    server.kill('SIGKILL');
    for (const { type } of await soon(waiting))
      expect([EOFError.name, 'ConnectionResetError']).toContain(type);
  });
});
