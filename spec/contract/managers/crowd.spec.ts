import { Client } from 'multiprocessing-ts/connection';
import { BaseManager, type Proxied } from 'multiprocessing-ts/managers';
import { PickleCodec, tuple } from '../../../lib/pickle';
import { soon } from '../support';
import { AUTHKEY, Counter, endAll, serving } from './support';

class Own extends BaseManager {}
let counter: Counter | null = null;
Own.register('Counter', () => (counter ??= new Counter()), null, ['increment', 'echo', 'add']);

afterEach(endAll);

const codec = new PickleCodec();

describe('200 clients at once', () => {
  test('are all served, each on a connection of its own', async () => {
    counter = null;
    const { address } = serving(new Own(['127.0.0.1', 0], AUTHKEY));
    const manager = await new Own(address, AUTHKEY).connect();
    const proxy = await manager.create<Proxied<Counter>>('Counter');
    const one = async (): Promise<number> => {
      const connection = await Client(address, { authkey: AUTHKEY });
      const ask = async (...request: unknown[]): Promise<unknown> => {
        await connection.send_bytes(codec.dumps(tuple(...request)));
        const [kind, value] = codec.loads(await connection.recv_bytes()) as [string, unknown];
        expect(kind).toBe('#RETURN');
        return value;
      };
      try {
        await ask(null, 'accept_connection', tuple('a client'), {});
        let last = 0;
        for (let i = 0; i < 5; i++) last = (await ask(proxy._id, 'increment', tuple(), {})) as number;
        return last;
      } finally {
        connection.close();
      }
    };
    const all = await soon(Promise.all(Array.from({ length: 200 }, one)));
    expect(Math.max(...all)).toBe(1000);
    expect(await proxy.increment()).toBe(1001);
    await proxy._close();
  });
});
