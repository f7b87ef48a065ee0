import { BufferTooShort } from 'multiprocessing-ts';
import type { Connection } from 'multiprocessing-ts/connection';
import { excOf, soon } from '../support';
import { processes } from '../process/support';
import { FACADES } from './facades';
import { closeAll, echo, pipesOf } from './support';

/** CPython's own tests of pipes, under their names: Lib/test/_test_multiprocessing.py. */
afterEach(closeAll);

const EOF = { type: 'EOFError', str: '' };
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe.each(FACADES)('$facade', ({ methods, Pipe, wait }) => {
  const pipe = pipesOf(Pipe);

  processes(
    '_TestConnection',
    (Process) => {
      test('test_connection', async () => {
        const [conn, child] = pipe();
        const p = new Process({ target: echo, args: [child], daemon: true });
        p.start();
        const seq = [1, 2.25, null];
        const longmsg = latin1('hello').subarray(0, 5);
        const arr = Int32Array.of(0, 1, 2, 3);

        await conn.send(seq);
        expect(await soon(conn.recv())).toEqual(seq);
        await conn.send(arr);
        expect(await soon(conn.recv())).toEqual(arr);
        await conn.send(longmsg);
        expect(await soon(conn.recv())).toEqual(longmsg);

        const [near, far] = pipe();
        const buffer = Buffer.alloc(40);
        await far.send_bytes(longmsg);
        expect(await near.recv_bytes_into(buffer)).toBe(5);
        await far.send_bytes(longmsg);
        expect(await near.recv_bytes_into(buffer, 3 * 4)).toBe(5);
        expect(buffer.subarray(12, 17)).toEqual(longmsg);
        await far.send_bytes(Buffer.alloc(60, 'x'));
        const error = (await near
          .recv_bytes_into(buffer)
          .catch((thrown: unknown) => thrown)) as BufferTooShort;
        expect(error).toBeInstanceOf(BufferTooShort);
        expect(error.args).toEqual([Buffer.alloc(60, 'x')]);

        expect(await conn.poll()).toBe(false);
        expect(await conn.poll(-1)).toBe(false);
        const start = performance.now();
        expect(await conn.poll(0.1)).toBe(false);
        expect(performance.now() - start).toBeGreaterThanOrEqual(99);
        await conn.send(null);
        expect(await conn.poll(45)).toBe(true);
        expect(await conn.recv()).toBeNull();

        // 16 MB.
        const huge = Buffer.alloc(16 * 1024 * 1024, 'X');
        await conn.send(huge);
        const back = (await soon(conn.recv())) as Buffer;
        expect(huge.equals(back)).toBe(true);

        child.close();
        conn.close();
        await p.join();
        expect(p.exitcode).toBe(0);
      });

      test('test_connection: the end of the other process is the end', async () => {
        const [conn, child] = pipe();
        const p = new Process({ target: (c: Connection) => c.send('bye'), args: [child] });
        p.start();
        child.close();
        expect(await soon(conn.recv())).toBe('bye');
        expect(await soon(conn.poll(45))).toBe(true);
        expect(await excOf(() => soon(conn.recv()))).toEqual(EOF);
        await p.join();
      });

      test('test_spawn_close', async () => {
        const [conn, child] = pipe();
        const p = new Process({ target: echo, args: [child] });
        p.start();
        // At once: the child has not received it yet.
        child.close();
        const msg = latin1('hello');
        await conn.send(msg);
        expect(await soon(conn.recv())).toEqual(msg);
        conn.close();
        await p.join();
        expect(p.exitcode).toBe(0);
      });

      test('test_pickling: connections go through connections', async () => {
        const [conn, child] = pipe();
        const serve = async (requests: Connection) => {
          const [reader, writer] = (await requests.recv()) as [Connection, Connection];
          await writer.send(Number(await reader.recv()) * 2);
          reader.close();
          writer.close();
        };
        const p = new Process({ target: serve, args: [child] });
        p.start();
        const [theirs, ours] = pipe(false);
        const [back, answer] = pipe(false);
        await conn.send([theirs, answer]);
        theirs.close();
        answer.close();
        await ours.send(21);
        expect(await soon(back.recv())).toBe(42);
        expect(await excOf(() => soon(back.recv()))).toEqual(EOF);
        await p.join();
      });

      test('test_access: a connection that was sent keeps its direction', async () => {
        const [conn, child] = pipe();
        const look = async (c: Connection) => {
          const [r, w] = (await c.recv()) as [Connection, Connection];
          await c.send([r.readable, r.writable, w.readable, w.writable]);
        };
        const p = new Process({ target: look, args: [child] });
        p.start();
        await conn.send(pipe(false));
        expect(await soon(conn.recv())).toEqual([true, false, false, true]);
        await p.join();
      });
    },
    ['async'],
    methods,
  );

  describe('_TestConnection', () => {
    test('test_duplex_false', async () => {
      const [reader, writer] = pipe(false);
      await writer.send(1);
      expect(await reader.recv()).toBe(1);
      expect([reader.readable, reader.writable, writer.readable, writer.writable]).toEqual([
        true,
        false,
        false,
        true,
      ]);
      for (const call of [() => reader.send(2), () => writer.recv(), () => writer.poll()])
        expect((await excOf(call)).type).toBe('OSError');
    });

    test('test_context', async () => {
      const [a, b] = pipe();
      {
        using left = a;
        using right = b;
        await left.send(1729);
        expect(await right.recv()).toBe(1729);
      }
      expect([a.closed, b.closed]).toEqual([true, true]);
    });
  });

  describe('_TestPoll', () => {
    test('test_empty_string', async () => {
      const [a, b] = pipe();
      expect(await a.poll()).toBe(false);
      await b.send_bytes(latin1(''));
      expect([await a.poll(), await a.poll()]).toEqual([true, true]);
    });

    test('test_strings', async () => {
      const strings = ['hello', '', 'a', 'b', '', 'bye', '', 'lop'];
      const [a, b] = pipe();
      for (const each of strings) await b.send_bytes(latin1(each));
      const received: string[] = [];
      while (await a.poll()) received.push((await a.recv_bytes()).toString('latin1'));
      expect(received).toEqual(strings);
    });

    test('test_boundaries', async () => {
      const [r, w] = pipe(false);
      const sending = (async () => {
        for (const each of ['first', 'second']) await w.send_bytes(latin1(each));
      })();
      expect(await r.poll(45)).toBe(true);
      // To have polled takes nothing away.
      expect([String(await r.recv_bytes()), String(await r.recv_bytes())]).toEqual(['first', 'second']);
      await sending;
    });

    test('test_dont_merge', async () => {
      const [a, b] = pipe();
      expect([await a.poll(0), await a.poll(0.01)]).toEqual([false, false]);
      await b.send_bytes(latin1('a'));
      await b.send_bytes(latin1('b'));
      await b.send_bytes(latin1('cd'));
      const seen: unknown[] = [];
      for (let i = 0; i < 3; i++) seen.push(await a.poll(0), String(await a.recv_bytes()));
      expect(seen).toEqual([true, 'a', true, 'b', true, 'cd']);
    });
  });

  processes(
    'TestWait',
    (Process) => {
      test.each([['test_wait', false] as const, ['test_wait_slow', true] as const])(
        '%s',
        async (_name, slow) => {
          const readers: Connection[] = [];
          const send = async (w: Connection, number: number, slowly: boolean) => {
            for (let i = 0; i < 10; i++) {
              if (slowly) await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
              await w.send([i, number]);
            }
            w.close();
          };
          const started = Array.from({ length: 4 }, (_, number) => {
            const [r, w] = pipe(false);
            const p = new Process({ target: send, args: [w, number, slow] });
            p.start();
            w.close();
            readers.push(r);
            return p;
          });
          const messages: string[] = [];
          while (readers.length > 0) {
            for (const r of await soon(wait(readers))) {
              try {
                messages.push(String(await r.recv()));
              } catch (error) {
                expect((error as Error).name).toBe('EOFError');
                readers.splice(readers.indexOf(r), 1);
                r.close();
              }
            }
          }
          const expected = [0, 1, 2, 3].flatMap((n) => Array.from({ length: 10 }, (_, i) => `${i},${n}`));
          expect(messages.sort()).toEqual(expected.sort());
          for (const p of started) await p.join();
        },
      );

      test('test_wait_integer', async () => {
        const [a, b] = pipe();
        const gate = pipe();
        const p = new Process({ target: (c: Connection) => c.recv(), args: [gate[1]] });
        p.start();
        const { sentinel } = p;
        expect(await wait([a, sentinel, b], 0.05)).toEqual([]);
        await b.send(null);
        expect((await wait([a, sentinel, b], 45)).map((each) => each === a)).toEqual([true]);
        await gate[0].send(null);
        expect((await soon(wait([sentinel, b], 45))).map((each) => each === sentinel)).toEqual([true]);
        await p.join();
        const ready = await wait([sentinel, a, b], 45);
        expect([ready[0] === sentinel, ready[1] === a, ready.length]).toEqual([true, true, 2]);
      });
    },
    ['async'],
    methods,
  );

  describe('TestWait', () => {
    test('test_wait_timeout', async () => {
      const [a, b] = pipe();
      const start = performance.now();
      expect(await wait([a, b], 0.2)).toEqual([]);
      expect(performance.now() - start).toBeGreaterThanOrEqual(199);
      await b.send(null);
      const ready = await wait([a, b], 45);
      expect([ready.length, ready[0] === a]).toEqual([1, true]);
    });

    test('test_neg_timeout', async () => {
      const [a] = pipe();
      expect(await soon(wait([a], -1))).toEqual([]);
    });
  });
});
