import type { OSError } from 'multiprocessing-ts/builtins';
import { BufferTooShort } from 'multiprocessing-ts';
import { exc, excOf } from '../support';
import { FACADES } from './facades';
import { closeAll, hex, pipesOf, recorded } from './support';

/** The cases of the probe that are about pipes: what CPython answers, we answer. */
afterEach(closeAll);

const letters = Buffer.from('abcdefghijklmnopqrstuvwxyz');

describe.each(FACADES)('$facade', ({ Connection, Pipe, wait }) => {
  const pipe = pipesOf(Pipe);

  describe('directions', () => {
    test('a duplex pipe reads and writes at both ends', () => {
      const [a, b] = pipe();
      expect([a.readable, a.writable, b.readable, b.writable, a.closed]).toEqual(recorded('duplex flags').ok);
    });

    test('the other kind is a reader and a writer, and each refuses the rest', async () => {
      const [r, w] = pipe(false);
      expect([r.readable, r.writable, w.readable, w.writable]).toEqual(
        recorded('Pipe(False) -> (reader, writer)').ok,
      );
      expect(await excOf(() => r.send(1))).toEqual(exc(recorded('reader.send')));
      expect(await excOf(() => w.recv())).toEqual(exc(recorded('writer.recv')));
      expect(await excOf(() => w.poll())).toEqual(exc(recorded('writer.poll')));
      expect(await excOf(() => r.send_bytes(letters))).toEqual(exc(recorded('reader.send_bytes')));
    });
  });

  describe('send_bytes', () => {
    test.each([
      ['()', []],
      ['(5,)', [5]],
      ['(7, 8)', [7, 8]],
      ['(26,)', [26]],
      ['(26, 0)', [26, 0]],
    ])('%s of the alphabet', async (name, args) => {
      const [a, b] = pipe();
      await a.send_bytes(letters, ...args);
      expect(hex(await b.recv_bytes())).toEqual(recorded(`send_bytes${name}`).ok);
    });

    test.each([
      ['(27,)', [27]],
      ['(22, 5)', [22, 5]],
      ['(26, 1)', [26, 1]],
      ['(-1,)', [-1]],
      ['(4, -1)', [4, -1]],
    ])('%s of the alphabet is refused', async (name, args) => {
      const [a] = pipe();
      expect(await excOf(() => a.send_bytes(letters, ...args))).toEqual(exc(recorded(`send_bytes${name}`)));
    });

    test('takes offset and size by keyword', async () => {
      const [a, b] = pipe();
      await a.send_bytes(letters, { offset: 7, size: 8 });
      expect((await b.recv_bytes()).toString()).toBe('hijklmno');
    });

    test('refuses text', async () => {
      const [a] = pipe();
      expect(await excOf(() => a.send_bytes('x' as never))).toEqual(exc(recorded('send_bytes(str)')));
    });

    test('takes the bytes of an array of numbers', async () => {
      const [a, b] = pipe();
      await a.send_bytes(Int32Array.of(1, 2));
      expect(hex(await b.recv_bytes())).toEqual(recorded('array bytes').ok);
    });
  });

  describe('recv_bytes(maxlength)', () => {
    test('a longer message leaves a duplex connection to write only', async () => {
      const [a, b] = pipe();
      await a.send_bytes(Buffer.from('12345'));
      expect(await excOf(() => b.recv_bytes(3))).toEqual(exc(recorded('recv_bytes(3): too long')));
      expect([b.readable, b.closed]).toEqual(recorded('duplex conn after bad length: readable,closed').ok);
      expect(await excOf(() => b.recv())).toEqual(exc(recorded('recv after')));
      await b.send(1);
      expect(await a.recv()).toBe(1);
    });

    test('and closes a reader', async () => {
      const [r, w] = pipe(false);
      await w.send_bytes(Buffer.from('12345'));
      expect(await excOf(() => r.recv_bytes(3))).toEqual(exc(recorded('one-way recv_bytes(3)')));
      expect(r.closed).toBe(recorded('one-way conn closed').ok);
    });

    test('must not be negative', async () => {
      const [a] = pipe();
      expect(await excOf(() => a.recv_bytes(-1))).toEqual(exc(recorded('recv_bytes(-1)')));
    });
  });

  describe('recv_bytes_into', () => {
    test('a buffer that is too short: the error has the message, which is gone', async () => {
      const [a, b] = pipe();
      await a.send_bytes(Buffer.from('123456'));
      const error = await b.recv_bytes_into(Buffer.alloc(4)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(BufferTooShort);
      expect((error as BufferTooShort).args).toEqual([Buffer.from('123456')]);
      const { str } = recorded('BufferTooShort').ok as { str: string };
      expect((error as Error).message).toBe(str);
      expect(await b.poll()).toBe(recorded('  message consumed').ok);
    });

    test('fills from its start, or from an offset', async () => {
      const [a, b] = pipe();
      const buffer = Buffer.alloc(4);
      await a.send_bytes(Buffer.from('12'));
      expect([await b.recv_bytes_into(buffer), hex(buffer)]).toEqual(recorded('recv_bytes_into').ok);
      await a.send_bytes(Buffer.from('12'));
      expect([await b.recv_bytes_into(buffer, 2), hex(buffer)]).toEqual(
        recorded('recv_bytes_into offset').ok,
      );
    });

    test('offsets are checked', async () => {
      const [, b] = pipe();
      const buffer = Buffer.alloc(4);
      expect(await excOf(() => b.recv_bytes_into(buffer, 5))).toEqual(exc(recorded('offset too large')));
      expect(await excOf(() => b.recv_bytes_into(buffer, -1))).toEqual(exc(recorded('negative offset')));
    });
  });

  describe('poll', () => {
    test('of nothing', async () => {
      const [, b] = pipe();
      expect([await b.poll(), await b.poll(0), await b.poll(0.02), await b.poll(-1)]).toEqual(
        recorded('poll').ok,
      );
    });

    test('an empty message is one', async () => {
      const [a, b] = pipe();
      await a.send_bytes(Buffer.alloc(0));
      expect([await b.poll(), hex(await b.recv_bytes())]).toEqual(
        recorded('empty message: poll True, recv b""').ok,
      );
    });
  });

  test('recv of what is no value: the message is gone', async () => {
    const [a, b] = pipe();
    await a.send_bytes(Buffer.from('notpickle'));
    expect(await excOf(() => b.recv())).toEqual(exc(recorded('recv of garbage')));
    expect(await b.poll()).toBe(false);
  });

  test('what cannot be sent is refused at once, and nothing is sent', async () => {
    const [a, b] = pipe();
    // Python's error is another one: it cannot send functions at all.
    await expect(a.send({ inner: [Promise.resolve()] })).rejects.toThrow(/cannot be sent|inner/);
    expect(await b.poll()).toBe(false);
  });

  describe('after close', () => {
    test('nothing works any more, but to close again', async () => {
      const [a] = pipe();
      a.close();
      expect(a.closed).toBe(recorded('closed').ok);
      expect(await excOf(() => a.send(1))).toEqual(exc(recorded('send on closed')));
      expect(await excOf(() => a.recv())).toEqual(exc(recorded('recv on closed')));
      expect(await excOf(() => a.poll())).toEqual(exc(recorded('poll on closed')));
      expect(await excOf(() => a.fileno())).toEqual(exc(recorded('fileno on closed')));
      expect(() => {
        a.close();
      }).not.toThrow();
    });

    test('the other end reads the end, and cannot write', async () => {
      const [a, b] = pipe();
      a.close();
      expect(await excOf(() => b.recv())).toEqual(exc(recorded('recv at EOF')));
      expect(await b.poll()).toBe(recorded('poll at EOF').ok);
      expect(await excOf(() => b.recv_bytes())).toEqual(exc(recorded('recv_bytes at EOF')));
      expect(await excOf(() => b.send(1))).toEqual(exc(recorded('send to closed peer')));
      const error = (await b.send(1).catch((thrown: unknown) => thrown)) as OSError;
      expect([error.errno, error.code]).toEqual([32, 'EPIPE']);
    });

    test('what was sent before is read first', async () => {
      const [a, b] = pipe();
      await a.send('last');
      a.close();
      expect([await b.poll(), await b.recv()]).toEqual([true, 'last']);
      expect(await excOf(() => b.recv())).toEqual(exc(recorded('recv at EOF')));
    });

    test('whoever waits here for a message hears of it', async () => {
      const [a] = pipe();
      const received = excOf(() => a.recv());
      a.close();
      expect(await received).toEqual(exc(recorded('recv on closed')));
    });
  });

  describe('wait', () => {
    test('gives what is ready, in the order of the input', async () => {
      const [a, b] = pipe();
      const [c, d] = pipe();
      expect(await wait([a, c], 0)).toEqual(recorded('wait empty').ok);
      await b.send(1);
      expect((await wait([a, c], 45)).map((each) => each === a)).toEqual([true]);
      await d.send(1);
      const both = await wait([c, a], 45);
      expect([both[0] === c, both[1] === a, both.length]).toEqual([true, true, 2]);
    });

    test('of nothing', async () => {
      expect(await wait([], 0.01)).toEqual(recorded('wait([])').ok);
      // Python waits for ever.
      expect(await wait([])).toEqual([]);
    });

    test('the end counts as ready', async () => {
      const [a, b] = pipe();
      b.close();
      expect((await wait([a], 45)).length).toBe(1);
    });

    test('a closed connection and one given twice are refused', async () => {
      const [a] = pipe();
      const [c] = pipe();
      a.close();
      expect(await excOf(() => wait([a], 0))).toEqual(exc(recorded('wait on closed')));
      const masked = (text: string) => text.replace(/0x\w+/, '0xADDR').replace(/FD \d+/, 'FD 3');
      const { type, str } = await excOf(() => wait([c, c], 0));
      expect({ type, str: masked(str) }).toEqual(exc(recorded('wait dup')));
    });

    test('a number that stands for nothing is refused', async () => {
      expect(await excOf(() => wait([3], 0))).toEqual({ type: 'ValueError', str: 'Invalid file object: 3' });
    });
  });

  test('a Connection of what is none', async () => {
    expect(await excOf(() => new Connection(-1))).toEqual(exc(recorded('Connection(-1)')));
    expect(await excOf(() => new Connection(0, false, false))).toEqual(exc(recorded('Connection neither')));
  });
});
