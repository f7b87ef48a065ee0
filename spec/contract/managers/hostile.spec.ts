import { Client, type Connection } from 'multiprocessing-ts/connection';
import { BaseManager, type Proxied } from 'multiprocessing-ts/managers';
import { PickleCodec, tuple } from '../../../lib/pickle';
import { soon } from '../support';
import { AUTHKEY, Counter, endAll, serving } from './support';

class Own extends BaseManager {}
Own.register('Counter', Counter);

const codec = new PickleCodec();
let address: readonly [string, number];
let proxy: Proxied<Counter>;

beforeAll(async () => {
  address = serving(new Own(['127.0.0.1', 0], AUTHKEY)).address as [string, number];
  const manager = await new Own(address, AUTHKEY).connect();
  proxy = await manager.create<Proxied<Counter>>('Counter');
});

afterAll(async () => {
  await proxy._close();
  await endAll();
});

const opened: Connection[] = [];

afterEach(() => {
  for (const connection of opened.splice(0)) connection.close();
});

async function stranger(): Promise<Connection> {
  const connection = await Client(address, { authkey: AUTHKEY });
  opened.push(connection);
  return connection;
}

type Answer = readonly [kind: string, value: string];

async function answerTo(connection: Connection, bytes: Uint8Array): Promise<Answer> {
  await connection.send_bytes(bytes);
  return codec.loads(await soon(connection.recv_bytes())) as Answer;
}

/** A request as Python sends it. */
const request = (...parts: unknown[]): Uint8Array => codec.dumps(tuple(...parts));

async function accepted(): Promise<Connection> {
  const connection = await stranger();
  expect((await answerTo(connection, request(null, 'accept_connection', tuple('me'), {})))[0]).toBe(
    '#RETURN',
  );
  return connection;
}

const EMPTY = tuple();

describe('a server that is asked nonsense by who has the key', () => {
  test.each<[string, () => Uint8Array, RegExp]>([
    ['no pickle', () => Buffer.from('nonsense'), /UnpicklingError/],
    ['nothing', () => Buffer.alloc(0), /EOFError/],
    ['no tuple', () => codec.dumps(5), /cannot unpack/],
    ['a tuple of three', () => request(null, 'dummy', EMPTY), /expected 4 values, got 3/],
    ['no arguments', () => request(null, 'dummy', 5, {}), /arguments must be a tuple/],
    ['no keywords', () => request(null, 'dummy', EMPTY, 5), /keywords must be a dict/],
    [
      'keywords that are no strings',
      () => request(null, 'dummy', EMPTY, new Map([[1, 2]])),
      /must be strings/,
    ],
    ['an unknown function', () => request(null, 'nope', EMPTY, {}), /AssertionError: 'nope' unrecognized\n$/],
    ['a function of the language', () => request(null, 'constructor', EMPTY, {}), /unrecognized\n$/],
    ['an unknown type', () => request(null, 'create', tuple('toString'), {}), /KeyError: 'toString'\n$/],
    ['a type that is no string', () => request(null, 'create', tuple(5), {}), /typeid must be a string/],
    ['an unknown object', () => request(null, 'decref', tuple('nope'), {}), /KeyError: 'nope'\n$/],
    ['a token that is none', () => request(null, 'get_methods', tuple('nope'), {}), /is no Token/],
  ])('says so: %s', async (_name, bytes, text) => {
    const connection = await stranger();
    const [kind, value] = await answerTo(connection, bytes());
    expect(kind).toBe('#TRACEBACK');
    expect(value).toMatch(text);
    await expect(soon(connection.recv_bytes())).rejects.toMatchObject({ name: 'EOFError' });
  });

  test.each<[string, () => Uint8Array, RegExp]>([
    ['no pickle', () => Buffer.from('nonsense'), /UnpicklingError/],
    ['an unknown object', () => request('nope', 'increment', EMPTY, {}), /KeyError: 'nope'\n$/],
    ['no object', () => request(5, 'increment', EMPTY, {}), /KeyError: 5\n$/],
    ['what is not exposed', () => request(proxy._id, 'constructor', EMPTY, {}), /is not in exposed/],
    ['what nothing has', () => request(proxy._id, '__proto__', EMPTY, {}), /is not in exposed/],
  ])('says so, and goes on: %s', async (_name, bytes, text) => {
    const connection = await accepted();
    const [kind, value] = await answerTo(connection, bytes());
    expect(kind).toBe('#TRACEBACK');
    expect(value).toMatch(text);
    expect((await answerTo(connection, request(proxy._id, 'echo', tuple(1), {})))[1]).toBe(1);
  });

  test('goes on when numbered messages are nonsense', async () => {
    const connection = await accepted();
    const head = Buffer.from([0x4d, 0, 0, 0, 7, 0, 0, 0]);
    for (const rest of ['', 'nonsense', '\x80', '\x80\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff'])
      await connection.send_bytes(Buffer.concat([head, Buffer.from(rest, 'latin1')]));
    for (let i = 0; i < 4; i++) {
      const answer = await soon(connection.recv_bytes());
      // The fourth of the kinds of answers: what Python calls '#TRACEBACK'.
      expect(answer.subarray(0, 8)).toEqual(Buffer.from([0x4d, 3, 0, 0, 7, 0, 0, 0]));
    }
    expect((await answerTo(connection, request(proxy._id, 'echo', tuple(1), {})))[1]).toBe(1);
  });

  test('believes no length that does not come', async () => {
    const connection = await stranger();
    const before = process.memoryUsage().rss;
    // A request that says it has 2 GiB of text.
    await connection.send_bytes(Buffer.from([0x80, 4, 0x58, 0xff, 0xff, 0xff, 0x7f, 0x41]));
    const [kind] = codec.loads(await soon(connection.recv_bytes())) as Answer;
    expect(kind).toBe('#TRACEBACK');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });

  test('survives a thousand of them, cut anywhere', async () => {
    const whole = Buffer.from(request(proxy._id, 'echo', tuple([1, 'two', { three: 3 }]), {}));
    const connection = await accepted();
    for (let i = 0; i < 1000; i++) {
      const cut = Buffer.from(whole.subarray(0, i % whole.length));
      if (cut.length > 2) cut[2 + ((i * 7) % (cut.length - 2))] = (i * 31) & 0xff;
      const [kind] = await answerTo(connection, cut);
      expect(kind).toMatch(/^#/);
    }
    expect(await proxy.echo('still here')).toBe('still here');
  });

  test('drops who has no key, and serves the others', async () => {
    await expect(Client(address, { authkey: Buffer.from('wrong') })).rejects.toMatchObject({
      name: 'AuthenticationError',
    });
    expect(await proxy.echo(1)).toBe(1);
  });
});
