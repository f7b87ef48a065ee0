import { Lock, Pipe, Pool } from 'multiprocessing-ts';
import { Connection, wait, type Client } from 'multiprocessing-ts/connection';
import { exc, excOf, soon } from '../support';
import { recorded } from './support';
import { accept, closeSockets, ends, framed, json, listener, raw } from './sockets';

/** The connections that listeners and clients make: they keep the promises of those of pipes. */
afterEach(closeSockets);

const key = Buffer.from('secret');
const EOF = { type: 'EOFError', str: '' };

describe.each(['AF_UNIX', 'AF_INET'] as const)('a connection of %s', (family) => {
  test('carries bytes of all lengths, in their order, all at once', async () => {
    const [a, b] = await ends({ family });
    const lengths = [0, 1, 16_384, 16_385, 65_536, 1_000_000, 20_000_000, 3, 0];
    const sent = lengths.map((n, i) => a.send_bytes(Buffer.alloc(n, i + 1)));
    for (const [i, n] of lengths.entries()) {
      const bytes = await soon(b.recv_bytes());
      expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual(
        n === 0 ? [0, undefined, undefined] : [n, i + 1, i + 1],
      );
    }
    await Promise.all(sent);
  });

  test('takes bytes as they are at the call', async () => {
    const [a, b] = await ends({ family });
    const bytes = Buffer.alloc(8_000_000, 1);
    const sent = a.send_bytes(bytes);
    bytes.fill(2);
    const got = await soon(b.recv_bytes());
    await sent;
    expect(got.equals(Buffer.alloc(8_000_000, 1))).toBe(true);
  });

  test('waits while nobody reads, and goes on then', async () => {
    const [a, b] = await ends({ family });
    let sent = 0;
    const all = Array.from({ length: 400 }, () => a.send_bytes(Buffer.alloc(100_000)).then(() => sent++));
    await a.poll(0.2);
    expect(sent).toBeLessThan(400);
    for (let i = 0; i < 400; i++) expect(await soon(b.recv_bytes())).toHaveLength(100_000);
    await Promise.all(all);
  });

  test('has its end: what was sent comes, then EOFError; who sends finds nobody', async () => {
    const [a, b] = await ends({ family });
    await a.send_bytes(Buffer.from('last'));
    a.close();
    expect(await soon(b.poll(45))).toBe(true);
    expect(String(await b.recv_bytes())).toBe('last');
    expect(await excOf(() => soon(b.recv_bytes()))).toEqual(EOF);
    expect(await b.poll()).toBe(true);
    const error = await soon(
      excOf(async () => {
        for (;;) await b.send_bytes(Buffer.from('x'));
      }),
    );
    expect([
      'BrokenPipeError [Errno 32] Broken pipe',
      'ConnectionResetError [Errno 104] Connection reset by peer',
    ]).toContain(`${error.type} ${error.str}`);
  });

  test('that is closed here ends who waits here', async () => {
    const [a] = await ends({ family });
    const closed = { type: 'OSError', str: 'handle is closed' };
    const waiting = [excOf(() => a.recv_bytes()), excOf(() => a.poll(null)), excOf(() => wait([a]))];
    a.close();
    for (const each of waiting) expect(await soon(each)).toEqual(closed);
    expect(await excOf(() => a.send_bytes(key))).toEqual(closed);
  });

  test('polls, and is waited for with pipes', async () => {
    const [a, b] = await ends({ family });
    expect([await a.poll(), await a.poll(-1), await a.poll(0.01), await wait([a, b], 0)]).toEqual([
      false,
      false,
      false,
      [],
    ]);
    const [r, w] = Pipe(false);
    const first = wait([r, a]);
    await b.send_bytes(key);
    expect(await soon(first)).toEqual([a]);
    await w.send(1);
    expect(await wait([r, a], 45)).toEqual([r, a]);
    expect(await wait([b, a], 0)).toEqual([a]);
    r.close();
    w.close();
  });

  test('poll sees what was sent just before', async () => {
    const [a, b] = await ends({ family });
    for (let i = 0; i < 20; i++) {
      await a.send_bytes(Buffer.from([i]));
      expect(await b.poll()).toBe(true);
      expect(await b.recv_bytes()).toEqual(Buffer.from([i]));
    }
  });

  test('never polls true for half a message', async () => {
    const l = listener({ family });
    const peer = await raw(l.address);
    const c = await accept(l);
    peer.write(Buffer.from('00000003', 'hex'));
    peer.write('ab');
    expect(await c.poll(0.05)).toBe(false);
    peer.write('c');
    expect(await soon(c.poll(45))).toBe(true);
    expect(String(await c.recv_bytes())).toBe('abc');
  });

  test('keeps calls in their order', async () => {
    const [a, b] = await ends({ family });
    const got = [b.recv_bytes(), b.recv_bytes(), b.recv_bytes()];
    for (const text of ['1', '2', '3']) await a.send_bytes(Buffer.from(text));
    expect((await soon(Promise.all(got))).map(String)).toEqual(['1', '2', '3']);
  });

  test('reads into a buffer, and refuses what is too long', async () => {
    const [a, b] = await ends({ family });
    await a.send_bytes(Buffer.from('12345'));
    const buffer = Buffer.alloc(8);
    expect(await b.recv_bytes_into(buffer, 2)).toBe(5);
    expect(buffer.toString('latin1')).toBe('\0\x0012345\0');
    await a.send_bytes(Buffer.from('12345'));
    expect(await excOf(() => b.recv_bytes(3))).toEqual(exc(recorded('recv_bytes(3): too long')));
    expect([b.readable, b.closed]).toEqual(recorded('duplex conn after bad length: readable,closed').ok);
    await b.send_bytes(key);
    expect(await soon(a.recv_bytes())).toEqual(key);
  });
});

describe('what is longer than maxlength', () => {
  test('is refused when its length is known', async () => {
    const l = listener({ maxlength: 1000 });
    const peer = await raw(l.address);
    const c = await accept(l);
    const bad = { type: 'OSError', str: 'bad message length' };
    peer.write(Buffer.concat([framed('x'.repeat(1000)), Buffer.from('000003e9', 'hex')]));
    expect(await soon(c.recv_bytes())).toHaveLength(1000);
    expect(await excOf(() => soon(c.recv_bytes()))).toEqual(bad);
    expect(await excOf(() => soon(c.recv_bytes_into(Buffer.alloc(1))))).toEqual(bad);
    await c.send_bytes(key);
  });

  test('by default: than a Buffer can be', async () => {
    const l = listener();
    const peer = await raw(l.address);
    const c = await accept(l);
    peer.write(Buffer.from('ffffffff7fffffffffffffff', 'hex'));
    expect((await excOf(() => soon(c.recv_bytes()))).str).toBe('bad message length');
  });

  test('a length that is only promised takes no memory', async () => {
    const l = listener();
    const before = process.memoryUsage().arrayBuffers;
    const peers = await Promise.all(Array.from({ length: 50 }, () => raw(l.address)));
    const received = await Promise.all(
      peers.map(async (peer) => {
        const c = await accept(l);
        const { str } = await excOf(() => {
          const message = c.recv_bytes();
          peer.end(Buffer.from('7fffffff00', 'hex'));
          return message;
        });
        return str;
      }),
    );
    expect(new Set(received)).toEqual(new Set(['got end of file during message']));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64e6);
  });
});

describe('values', () => {
  test('of one family with one key are those of pipes: functions, classes, locks', async () => {
    const [a, b] = await ends({ authkey: key });
    class Point {
      constructor(readonly x: number) {}
    }
    const lock = new Lock();
    await a.send([new Point(3), (x: number) => x + 1, lock]);
    const [point, add, same] = (await soon(b.recv())) as [Point, (x: number) => number, Lock];
    expect([point, add(1)]).toEqual([new Point(3), 2]);
    await same.acquire();
    expect(await lock.acquire(false)).toBe(false);
    same.release();
  });

  test('of others go by the codec that was wished for', async () => {
    const [a, b] = await ends({ codec: json });
    await a.send({ x: [1, 'é'] });
    expect(await soon(b.recv())).toEqual({ x: [1, 'é'] });
    await a.send_bytes(Buffer.from('{'));
    expect((await excOf(() => soon(b.recv()))).type).toBe('SyntaxError');
    await a.send(null);
    expect(await soon(b.recv())).toBeNull();
    expect((await excOf(() => a.send(1n))).type).toBe('TypeError');
  });

  test('a connection itself belongs to its process', async () => {
    const [a] = await ends();
    const [r, w] = Pipe(false);
    expect((await excOf(() => w.send(a))).str).toMatch(/belongs to its process/);
    r.close();
    w.close();
  });

  test('a worker of a pool can be a client', async () => {
    const l = listener({ authkey: key });
    await using pool = new Pool(1);
    const result = pool.apply_async(
      async (address, secret) => {
        const { Client: connect } = require('multiprocessing-ts/connection') as { Client: typeof Client };
        const c = await connect(address, { authkey: secret });
        const f = (await c.recv()) as (x: number) => number;
        await c.send(f(20));
        c.close();
      },
      [l.address, key],
    );
    const c = await accept(l);
    await c.send((x: number) => x * 2 + 2);
    expect(await soon(c.recv())).toBe(42);
    await result.get();
    expect(c).toBeInstanceOf(Connection);
  });
});
