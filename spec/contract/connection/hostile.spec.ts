import type net from 'node:net';
import fc from 'fast-check';
import type { Listener } from 'multiprocessing-ts/connection';
import { excOf, soon, until } from '../support';
import { accept, client, closeSockets, framed, heard, json, listener, raw } from './sockets';

/** What a peer does before it has shown the key costs it its connection, and nobody else anything. */
afterEach(closeSockets);

const key = Buffer.from('secret');
/** What a listener says first: the length, `#CHALLENGE#`, `{sha256}` and 40 bytes. */
const GREETING = 4 + 11 + 48;
const FAILURE = framed('#FAILURE#');

/** Somebody who has the key is served, and promptly. */
async function expectService(l: Listener): Promise<void> {
  const served = (async () => {
    for (;;) {
      try {
        return await accept(l);
      } catch (error) {
        expect((error as Error).name).toBe('AuthenticationError');
      }
    }
  })();
  const c = await soon(client(l.address, { authkey: key, codec: json }), 'the service');
  const server = await soon(served, 'the accept');
  await c.send('hello');
  expect(await soon(server.recv())).toBe('hello');
}

/** Calls `accept` until the listener is closed, and counts what comes. */
function acceptAll(l: Listener): { failures: string[]; accepted: number } {
  const seen = { failures: [] as string[], accepted: 0 };
  void (async () => {
    for (;;) {
      try {
        (await l.accept()).close();
        seen.accepted++;
      } catch (error) {
        if ((error as Error).message === 'listener is closed') return;
        seen.failures.push(`${(error as Error).name}: ${(error as Error).message}`);
      }
    }
  })();
  return seen;
}

describe.each(['AF_UNIX', 'AF_INET'] as const)('a peer of %s that has no key', (family) => {
  test.each([
    ['a wrong digest', framed('x'.repeat(16)), 'digest received was wrong'],
    ['a wrong digest of today', framed(`{sha256}${'x'.repeat(32)}`), 'digest received was wrong'],
    ['another digest', framed('{sha1}xxx'), /^unsupported message length/],
    ['nothing', framed(''), /^unsupported message length/],
    ['a pickle', framed(Buffer.from('80049500', 'hex')), /^unsupported message length/],
  ])('and sends %s hears #FAILURE#', async (_name, bytes, text) => {
    const l = listener({ family, authkey: key, codec: json });
    const peer = await raw(l.address);
    const got = heard(peer);
    peer.write(bytes);
    const error = await excOf(() => soon(l.accept()));
    expect(error).toEqual({ type: 'AuthenticationError', str: expect.stringMatching(text) as string });
    expect((await got).subarray(GREETING)).toEqual(FAILURE);
    await expectService(l);
  });

  test.each([
    ['a length that is too long', Buffer.from('00000101', 'hex'), 'OSError: bad message length'],
    ['the longest length', Buffer.from('ffffffffffffffffffffffff', 'hex'), 'OSError: bad message length'],
    ['a length below 0', Buffer.from('80000000', 'hex'), 'OSError: bad message length'],
    ['a request of HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'OSError: bad message length'],
  ])('and sends %s is cut off at once', async (_name, bytes, text) => {
    const l = listener({ family, authkey: key, codec: json });
    const peer = await raw(l.address);
    const got = heard(peer);
    peer.write(bytes);
    const error = await excOf(() => soon(l.accept()));
    expect(error).toEqual({ type: 'AuthenticationError', str: `the peer has not shown its key (${text})` });
    expect((await got).length).toBeLessThanOrEqual(GREETING);
    await expectService(l);
  });

  test('and leaves, or leaves in the middle', async () => {
    const l = listener({ family, authkey: key, codec: json });
    for (const bytes of ['', '00', '0000', '00000010ff']) {
      const peer = await raw(l.address);
      peer.end(Buffer.from(bytes, 'hex'));
      const error = await excOf(() => soon(l.accept()));
      expect(error.type).toBe('AuthenticationError');
      expect(error.str).toMatch(/\((EOFError|OSError: got end of file during message)\)$/);
    }
    await expectService(l);
  });

  test('and says nothing keeps nobody waiting', async () => {
    const l = listener({ family, authkey: key, codec: json, timeout: 45 });
    const peers = await Promise.all(Array.from({ length: 20 }, () => raw(l.address)));
    await expectService(l);
    expect(peers.filter(({ closed }) => closed)).toEqual([]);
  });

  test('and says nothing is cut off in time', async () => {
    const l = listener({ family, authkey: key, codec: json, timeout: 0.3 });
    const peers = await Promise.all(Array.from({ length: 20 }, () => raw(l.address)));
    const ends = peers.map(heard);
    const seen = acceptAll(l);
    expect(new Set((await Promise.all(ends)).map(({ length }) => length))).toEqual(new Set([GREETING]));
    await until(() => seen.failures.length === 20);
    expect(new Set(seen.failures)).toEqual(
      new Set(['AuthenticationError: the peer has not shown its key within 0.3 s']),
    );
  });

  test('and is slow, a byte now and then, has no more time than others', async () => {
    const l = listener({ family, authkey: key, codec: json, timeout: 0.3 });
    const peer = await raw(l.address);
    const bytes = framed('x'.repeat(100));
    let at = 0;
    const dripping = setInterval(() => peer.write(bytes.subarray(at, ++at)), 20);
    const failed = excOf(() => soon(l.accept()));
    await heard(peer);
    clearInterval(dripping);
    expect((await failed).str).toBe('the peer has not shown its key within 0.3 s');
  });
});

/** Eleven hundred peers who say nothing; how many of them are not cut off? */
async function crowd(l: Listener): Promise<{ open: number }> {
  const seen = { open: 0 };
  for (let i = 0; i < 11; i++) {
    const peers = await Promise.all(Array.from({ length: 100 }, () => raw(l.address)));
    seen.open += peers.length;
    for (const peer of peers) peer.resume().on('close', () => seen.open--);
    // The listener is in this process: it takes one of them at each turn of the event loop.
    for (let turns = 0; turns < 110; turns++) await new Promise((resolve) => setImmediate(resolve));
  }
  return seen;
}

test('a thousand who are silent at once keep nobody out: the oldest of them have to go', async () => {
  // Nobody has to go because of the time.
  const l = listener({ family: 'AF_INET', authkey: key, codec: json, timeout: 1000 });
  const seen = await crowd(l);
  await expectService(l);
  await until(() => seen.open <= 1024, 'the end of the oldest');
  expect(seen.open).toBeGreaterThan(1000);
});

test('without a key the connections that nobody accepts are a thousand at most: others have to go', async () => {
  const l = listener({ codec: json });
  const seen = await crowd(l);
  await until(() => seen.open <= 1024, 'the end of some');
  expect(seen.open).toBeGreaterThan(1000);
  expect((await accept(l)).closed).toBe(false);
});

test('whatever peers send, thousands of them, the next one is served', async () => {
  const l = listener({ authkey: key, codec: json, timeout: 45 });
  const seen = acceptAll(l);
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => framed(bytes)),
    fc.constantFrom('#WELCOME#', '#FAILURE#', '#CHALLENGE#', '{md5}', '{sha256}').map((text) => framed(text)),
    fc.constantFrom('ffffffff', '00000000', '7fffffff', 'fffffffe').map((head) => Buffer.from(head, 'hex')),
  );
  const speech = fc.array(part, { maxLength: 4 }).map((parts) => Buffer.concat(parts));
  const speeches = fc.sample(speech, 2000);
  let closed = 0;
  const speak = async (bytes: Buffer): Promise<void> => {
    const peer: net.Socket = await raw(l.address);
    const end = heard(peer);
    peer.end(bytes);
    const answer = await end;
    closed++;
    // Nothing of what only friends hear.
    expect(answer.includes('#WELCOME#')).toBe(false);
  };
  for (let i = 0; i < speeches.length; i += 100) {
    await Promise.all(speeches.slice(i, i + 100).map(speak));
  }
  await until(() => seen.failures.length === speeches.length, 'the failure of all');
  expect([closed, seen.accepted]).toEqual([speeches.length, 0]);
  expect(new Set(seen.failures.map((text) => text.split(':')[0]))).toEqual(new Set(['AuthenticationError']));
  await soon(client(l.address, { authkey: key }));
  await until(() => seen.accepted === 1);
});

test('failures that nobody has asked for are forgotten but for some', async () => {
  const l = listener({ authkey: key, codec: json });
  for (let i = 0; i < 100; i++) {
    const peer = await raw(l.address);
    const end = heard(peer);
    peer.end('junk junk junk');
    await end;
  }
  const c = await client(l.address, { authkey: key, codec: json });
  let failures = 0;
  for (;;) {
    try {
      await accept(l);
      break;
    } catch {
      failures++;
    }
  }
  expect(failures).toBe(64);
  expect(c.closed).toBe(false);
});

describe('one side has a key and the other has none', () => {
  test('the listener: the client hears so when it receives', async () => {
    const l = listener({ authkey: key, codec: json });
    const failed = excOf(() => soon(l.accept()));
    const c = await client(l.address, { codec: json });
    expect(await excOf(() => soon(c.recv()))).toEqual({
      type: 'AuthenticationError',
      str: 'the listener asks for an authkey, and none was given',
    });
    await c.send({ a: 'request' });
    expect((await failed).type).toBe('AuthenticationError');
  });

  test('the client: it waits no longer than its time', async () => {
    const l = listener({ codec: json });
    const accepted = accept(l);
    const error = await excOf(() => soon(client(l.address, { authkey: key, timeout: 0.2 })));
    expect(error.type).toBe('AuthenticationError');
    expect(error.str).toMatch(/within 0.2 s: has it an authkey\?$/);
    expect(await excOf(async () => soon((await accepted).recv()))).toEqual({ type: 'EOFError', str: '' });
  });
});

describe('a listener that lies', () => {
  /** A listener of ours without a key, which a client with one takes for another. */
  async function lie(
    say: (peer: Awaited<ReturnType<typeof accept>>) => Promise<void>,
  ): Promise<{ type: string; str: string }> {
    const l = listener();
    const lying = accept(l).then(say);
    const error = await excOf(() => soon(client(l.address, { authkey: key, timeout: 45 })));
    await lying.catch(() => undefined);
    return error;
  }

  test.each([
    ['no challenge', 'hello', /^Protocol error, expected challenge/],
    ['a short challenge', '#CHALLENGE#short', 'challenge too short: 5 bytes'],
    ['an unknown digest', `#CHALLENGE#{sha1}${'x'.repeat(40)}`, /^unsupported message length/],
  ])('%s', async (_name, text, message) => {
    const error = await lie((peer) => peer.send_bytes(Buffer.from(text)));
    expect(error).toEqual({ type: 'AuthenticationError', str: expect.stringMatching(message) as string });
  });

  test('a challenge of more than 256 bytes', async () => {
    const error = await lie((peer) => peer.send_bytes(Buffer.alloc(257, 'x')));
    expect(error).toEqual({ type: 'OSError', str: 'bad message length' });
  });

  test('it welcomes everybody, but has no key itself', async () => {
    const error = await lie(async (peer) => {
      await peer.send_bytes(Buffer.from(`#CHALLENGE#{sha256}${'x'.repeat(40)}`));
      await peer.recv_bytes();
      await peer.send_bytes(Buffer.from('#WELCOME#'));
      await peer.recv_bytes();
      await peer.send_bytes(Buffer.alloc(16));
    });
    expect(error).toEqual({ type: 'AuthenticationError', str: 'digest received was wrong' });
  });

  test('it has what the client asks answered by another client', async () => {
    const l = listener();
    const both = [0, 1].map(() => excOf(() => soon(client(l.address, { authkey: key, timeout: 45 }))));
    const [first, second] = [await accept(l), await accept(l)];
    await first.send_bytes(Buffer.from(`#CHALLENGE#{sha256}${'x'.repeat(40)}`));
    await first.recv_bytes();
    await first.send_bytes(Buffer.from('#WELCOME#'));
    await second.send_bytes(await first.recv_bytes());
    first.close();
    const errors = await Promise.all(both);
    expect(errors.map(({ str }) => str).filter((str) => str.includes('reflected'))).toHaveLength(1);
    expect(await excOf(() => soon(second.recv_bytes()))).toEqual({ type: 'EOFError', str: '' });
  });

  test('it goes away', async () => {
    const error = await lie(async (peer) => peer.close());
    expect(error.type).toMatch(/^(EOFError|ConnectionResetError)$/);
  });
});
