import { existsSync, statSync } from 'node:fs';
import net from 'node:net';
import { dirname } from 'node:path';
import { Client, Listener } from 'multiprocessing-ts/connection';
import { exc, excOf, scratch, soon } from '../support';
import { hex, recorded } from './support';
import { accept, client, closeSockets, ends, heard, json, listener, raw } from './sockets';

afterEach(closeSockets);

const path = scratch();
const key = Buffer.from('secret');
const EOF = { type: 'EOFError', str: '' };
const FAMILIES = ['AF_INET', 'AF_INET6', 'AF_UNIX'] as const;

describe('_TestListener', () => {
  test.each(FAMILIES)('test_multiple_bind %s', async (family) => {
    const first = listener({ family });
    expect(await excOf(() => new Listener(first.address, { family }))).toEqual({
      type: 'OSError',
      str: '[Errno 98] Address already in use',
    });
  });

  test('test_context', async () => {
    const at = path('l');
    {
      using l = listener(at);
      const [a, b] = await Promise.all([client(l.address), accept(l)]);
      await a.send_bytes(Buffer.from('1729'));
      expect(String(await b.recv_bytes())).toBe('1729');
    }
    expect(existsSync(at)).toBe(false);
    const l = listener();
    await l[Symbol.asyncDispose]();
    expect(await excOf(() => l.accept())).toEqual({ type: 'OSError', str: 'listener is closed' });
  });

  test('test_empty_authkey', async () => {
    // As Python 3.12 and later: an empty key is a key.
    const l = listener({ authkey: Buffer.alloc(0) });
    const refused = excOf(() => l.accept());
    expect((await excOf(() => Client(l.address, { authkey: key }))).type).toBe('AuthenticationError');
    expect((await refused).type).toBe('AuthenticationError');
    const [c] = await Promise.all([accept(l), client(l.address, { authkey: Buffer.alloc(0) })]);
    expect(c.closed).toBe(false);
  });

  test('test_abstract_socket: there are none', async () => {
    const refusal = await excOf(() => new Listener('\0something'));
    expect(refusal.type).toBe('NotImplementedError');
    expect(await excOf(() => Client('\0something'))).toEqual(refusal);
    expect(await excOf(() => Client(Buffer.from('\0something') as never))).toEqual(refusal);
  });
});

describe('_TestListenerClient', () => {
  test.each(FAMILIES)('test_listener_client %s', async (family) => {
    const l = listener({ family, codec: json });
    const [server, c] = await Promise.all([accept(l), client(l.address, { codec: json })]);
    await c.send('hello');
    expect(await soon(server.recv())).toBe('hello');
    l.close();
    await server.send(['still', 'there']);
    expect(await soon(c.recv())).toEqual(['still', 'there']);
  });

  test.each(FAMILIES)(
    'test_issue14725 %s: who is gone before it is accepted has said what it has said',
    async (family) => {
      const l = listener({ family, codec: json });
      const c = await client(l.address, { codec: json });
      await c.send('hello');
      c.close();
      const server = await accept(l);
      expect(await soon(server.recv())).toBe('hello');
      expect(await excOf(() => soon(server.recv()))).toEqual(EOF);
    },
  );

  test.each(FAMILIES)('test_issue16955 %s', async (family) => {
    const [c, server] = await ends({ family });
    await server.send_bytes(Buffer.from('hello'));
    expect(await c.poll(45)).toBe(true);
    expect(String(await c.recv_bytes())).toBe('hello');
  });
});

describe('TestInvalidFamily', () => {
  test('test_invalid_family', async () => {
    expect((await excOf(() => new Listener('\\\\.\\test'))).type).toBe('ValueError');
    expect((await excOf(() => Client('\\\\.\\test'))).type).toBe('ValueError');
  });
});

describe('as the recording', () => {
  test('the addresses of listeners', () => {
    const described = (l: Listener): unknown => [
      typeof l.address === 'string' ? 'str' : 'tuple',
      typeof l.address === 'string' ? 'AF_UNIX' : 'AF_INET',
      l.last_accepted === null ? 'NoneType' : 'other',
    ];
    expect(described(listener())).toEqual(recorded('Listener({}) address type').ok);
    expect(described(listener(['127.0.0.1', 0]))).toEqual(
      recorded("Listener({'address': ('127.0.0.1', 0)}) address type").ok,
    );
    expect(described(listener({ family: 'AF_INET' }))).toEqual(
      recorded("Listener({'family': 'AF_INET'}) address type").ok,
    );
  });

  test('what cannot be an address, a family or a key', async () => {
    expect(await excOf(() => new Listener('\\\\.\\pipe\\x'))).toEqual(exc(recorded('AF_PIPE on posix')));
    expect(await excOf(() => new Listener({ family: 'AF_FOO' as never }))).toEqual(
      exc(recorded('bad family')),
    );
    expect(await excOf(() => new Listener(5 as never))).toEqual(exc(recorded('bad address type')));
    expect(await excOf(() => new Listener({ authkey: 'abc' as never }))).toEqual(
      exc(recorded('authkey str')),
    );
    expect(await excOf(() => Client(['127.0.0.1', 1]))).toEqual(exc(recorded('Client refused')));
  });

  test('a listener that is closed', async () => {
    const l = listener();
    l.close();
    l.close();
    expect(await excOf(() => l.accept())).toEqual(exc(recorded('accept closed')));
    expect(await excOf(() => l.address)).toEqual(exc(recorded('address after close')));
  });

  test.each([
    ["listener authkey=b'k' client authkey=b'k'", 'k', 'k'],
    ["listener authkey=b'k' client authkey=b'wrong'", 'k', 'wrong'],
  ])('%s', async (name, listeners, clients) => {
    const l = listener(['127.0.0.1', 0], { authkey: Buffer.from(listeners) });
    const told = (promise: Promise<unknown>): Promise<string> =>
      soon(promise).then(
        () => 'ok',
        (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
      );
    const [server, c] = await Promise.all([
      told(accept(l)),
      told(Client(l.address, { authkey: Buffer.from(clients) }).then((each) => each.close())),
    ]);
    expect({ server, client: c }).toEqual(recorded(name).ok);
  });

  test('the long form of a length, and a length that cannot be', async () => {
    const l = listener();
    const peer = await raw(l.address);
    const c = await accept(l);
    peer.write(Buffer.from('ffffffff000000000000000568656c6c6f', 'hex'));
    expect(hex(await soon(c.recv_bytes()))).toEqual(
      recorded('-1 + 8-byte length form accepted for small messages').ok,
    );
    // CPython takes -2 for an empty message.
    peer.write(Buffer.from('fffffffe', 'hex'));
    expect(await excOf(() => soon(c.recv_bytes()))).toEqual({ type: 'OSError', str: 'bad message length' });
  });

  test('the end in the middle of a message', async () => {
    const l = listener();
    const peer = await raw(l.address);
    const c = await accept(l);
    peer.end(Buffer.from('0000000a616263', 'hex'));
    expect(await excOf(() => soon(c.recv_bytes()))).toEqual(exc(recorded('EOF in middle of message')));
    expect(await c.poll()).toBe(true);
  });
});

describe('a listener', () => {
  test('has its address when it is made', () => {
    const l = listener({ family: 'AF_INET' });
    expect(l.address).toEqual(['127.0.0.1', expect.any(Number)]);
    expect(l.address[1]).toBeGreaterThan(0);
    expect(listener({ family: 'AF_INET6' }).address[0]).toBe('::1');
    expect(listener(['', 0]).address[0]).toBe('0.0.0.0');
  });

  test('without an address is at a path that only its user can reach', () => {
    const l = listener();
    const at = l.address as string;
    expect(statSync(dirname(at)).mode & 0o777).toBe(0o700);
    l.close();
    expect(existsSync(dirname(at))).toBe(false);
  });

  test('throws at once where it cannot be', async () => {
    expect((await excOf(() => new Listener(path('none/there')))).type).toBe('FileNotFoundError');
    expect(await excOf(() => new Listener(['192.0.2.1', 0]))).toEqual({
      type: 'OSError',
      str: '[Errno 99] Cannot assign requested address',
    });
    expect(await excOf(() => new Listener('x'.repeat(120)))).toEqual({
      type: 'OSError',
      str: 'AF_UNIX path too long',
    });
    expect((await excOf(() => new Listener(['127.0.0.1', 70_000]))).type).toBe('OverflowError');
    expect((await excOf(() => new Listener(['127.0.0.1', 'x'] as never))).type).toBe('TypeError');
    expect((await excOf(() => new Listener({ timeouts: 1 } as never))).type).toBe('TypeError');
  });

  test('finds the number of a name', async () => {
    expect(await excOf(() => new Listener(['no-such-host.invalid', 0]))).toEqual({
      type: 'OSError',
      str: expect.stringMatching(/^\[Errno -[23]\] /) as string,
    });
    expect((await excOf(() => Client(['no-such-host.invalid', 1]))).str).toMatch(/^\[Errno -[23]\] /);
  });

  test('knows who came last', async () => {
    const l = listener({ family: 'AF_INET' });
    const peer = await raw(l.address);
    await accept(l);
    expect(l.last_accepted).toEqual(['127.0.0.1', peer.localPort]);
    const unix = listener();
    await Promise.all([client(unix.address), accept(unix)]);
    expect(unix.last_accepted).toBe('');
  });

  test('that is closed ends who waits, and cuts off who was not accepted', async () => {
    const l = listener({ authkey: key });
    const waits = excOf(() => l.accept());
    const silent = await raw(l.address);
    const challenge = await soon(new Promise<Buffer>((resolve) => silent.once('data', resolve)));
    expect(challenge).toHaveLength(4 + 11 + 48);
    const rest = heard(silent);
    l.close();
    expect(await soon(waits)).toEqual({ type: 'OSError', str: 'listener is closed' });
    expect(await rest).toHaveLength(0);
    const other = listener();
    const c = await client(other.address);
    await c.poll();
    other.close();
    expect(await soon(c.poll(45))).toBe(true);
    expect((await excOf(() => soon(c.recv_bytes()))).type).toMatch(/^(EOFError|ConnectionResetError)$/);
    expect(await excOf(() => Client(path('gone')))).toEqual({
      type: 'FileNotFoundError',
      str: '[Errno 2] No such file or directory',
    });
  });

  test('can be where one was', async () => {
    const at = listener({ family: 'AF_INET' });
    const { address } = at;
    const [c, d] = await Promise.all([accept(at), client(address)]);
    at.close();
    const again = listener(address);
    expect(again.address).toEqual(address);
    expect([c.closed, d.closed]).toEqual([false, false]);
  });

  test('with a short queue keeps those waiting who come at once', async () => {
    const l = listener({ backlog: 1, authkey: key });
    const accepted = Promise.all(Array.from({ length: 50 }, () => accept(l)));
    const clients = await Promise.all(Array.from({ length: 50 }, () => client(l.address, { authkey: key })));
    expect(await accepted).toHaveLength(clients.length);
  });

  test('serves 200 clients at once', async () => {
    const l = listener({ authkey: key, family: 'AF_INET', codec: json });
    const serve = async (): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        const c = await accept(l);
        void c.recv().then((value) => c.send([value]));
      }
    };
    const served = serve();
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const c = await client(l.address, { authkey: key, codec: json });
        await c.send(i);
        return c.recv();
      }),
    );
    await served;
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => [i]));
  });
});

test('a client gives up a listener that never takes it', async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const error = await excOf(() => soon(Client(['127.0.0.1', port], { authkey: key, timeout: 0.2 })));
  expect(error.type).toBe('AuthenticationError');
  server.close();
});
