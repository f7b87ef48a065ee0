import { existsSync } from 'node:fs';
import type { Connection } from 'multiprocessing-ts/connection';
import { excOf, open, pass, scratch, soon, until } from '../support';
import { processes } from '../process/support';
import { FACADES } from './facades';
import { closeAll, pipesOf } from './support';

/** Whoever dies gives up what it held, in whatever it was doing: nobody waits for the dead. */
afterEach(closeAll);

const path = scratch();
const EOF = { type: 'EOFError', str: '' };
const BROKEN = { type: 'BrokenPipeError', str: '[Errno 32] Broken pipe' };

describe.each(FACADES)('$facade', ({ facade, methods, Pipe, wait }) => {
  const pipe = pipesOf(Pipe);

  processes(
    'the death of who holds the other end',
    (Process) => {
      /** A child that has received the connection and then does something without end. */
      async function child(connection: Connection, work: (c: Connection) => unknown) {
        const here = path('here');
        const live = async (c: Connection, file: string, what: (c: Connection) => unknown) => {
          open(file);
          await what(c);
          await new Promise(() => setInterval(() => undefined, 1000));
        };
        const p = new Process({ target: live, args: [connection, here, work] });
        p.start();
        connection.close();
        await until(() => existsSync(here), 'the start of the child');
        return p;
      }

      test('ends a recv that waits', async () => {
        const [a, b] = pipe();
        const p = await child(b, () => undefined);
        const received = excOf(() => a.recv());
        p.kill();
        expect(await soon(received)).toEqual(EOF);
        await p.join();
      });

      test('while it waits to receive itself', async () => {
        const [a, b] = pipe();
        const p = await child(b, (c) => c.recv());
        const received = excOf(() => a.recv());
        p.kill();
        expect(await soon(received)).toEqual(EOF);
        expect(await soon(excOf(() => a.send(1)))).toEqual(BROKEN);
        await p.join();
      });

      test('while it waits to send: what it has sent comes whole, then the end', async () => {
        const [r, w] = pipe(false);
        const p = await child(w, async (c) => {
          for (let i = 0; ; i++) await c.send([i, 'x'.repeat(1000)]);
        });
        expect(await soon(r.poll(45))).toBe(true);
        p.kill();
        await p.join();
        const seen: number[] = [];
        const end = await soon(
          excOf(async () => {
            for (;;) {
              const [i, text] = (await r.recv()) as [number, string];
              expect(text).toHaveLength(1000);
              seen.push(i);
            }
          }),
        );
        expect(end).toEqual(EOF);
        expect(seen).toEqual(seen.map((_, i) => i));
        expect(seen.length).toBeGreaterThan(0);
      });

      // Who blocks in a send cannot make an end of it: see spec/integration/blocking_queues.spec.ts.
      if (facade === 'async') {
        test('ends a send that waits for room', async () => {
          const [r, w] = pipe(false);
          const p = await child(r, () => undefined);
          const sent = excOf(async () => {
            for (;;) await w.send('x'.repeat(10_000));
          });
          // It stops when the pipe is full, and has to be told.
          setTimeout(() => {
            p.kill();
          }, 50);
          expect(await soon(sent)).toEqual(BROKEN);
          await p.join();
        });

        test('ends a long send that waits', async () => {
          const [r, w] = pipe(false);
          const p = await child(r, () => undefined);
          const huge = Buffer.alloc(6 << 20, 1);
          const first = w.send(huge);
          const second = excOf(() => w.send(huge));
          await first;
          p.kill();
          expect(await soon(second)).toEqual(BROKEN);
          await p.join();
        });
      }

      test('ends a poll and a wait', async () => {
        const [a, b] = pipe();
        const p = await child(b, () => undefined);
        const polled = a.poll(1000);
        const waited = wait([a]);
        p.kill();
        expect(await soon(polled)).toBe(true);
        expect((await soon(waited)).length).toBe(1);
        await p.join();
      });

      test('is seen by who only looks', async () => {
        const [a, b] = pipe();
        const p = await child(b, () => undefined);
        p.kill();
        await p.join();
        let ready = false;
        await until(() => {
          void a.poll().then((is) => (ready = is));
          return ready;
        }, 'the end');
        expect(await excOf(() => a.recv())).toEqual(EOF);
      });

      test('is no end while another process holds it', async () => {
        const [a, b] = pipe();
        const wait = (c: Connection) => c.recv();
        const first = new Process({ target: wait, args: [b] });
        first.start();
        const second = await child(b, () => undefined);
        first.kill();
        await first.join();
        expect(await a.poll(0.3)).toBe(false);
        second.kill();
        expect(await soon(excOf(() => a.recv()))).toEqual(EOF);
        await second.join();
      });

      test('before it has received it', async () => {
        const [a, b] = pipe();
        const p = new Process({ target: (c: Connection) => c.recv(), args: [b] });
        p.start();
        b.close();
        p.kill();
        await p.join();
        expect(await soon(excOf(() => a.recv()))).toEqual(EOF);
      });
    },
    ['async'],
    methods,
  );

  processes(
    'one end held by two',
    (Process) => {
      test('what one of them does not take the other takes, and nothing twice', async () => {
        const [r, w] = pipe(false);
        const [back, answers] = pipe(false);
        const take = async (numbers: Connection, to: Connection) => {
          try {
            for (;;) await to.send(await numbers.recv());
          } catch {
            to.close();
          }
        };
        const takers = [0, 1].map(() => new Process({ target: take, args: [r, answers] }));
        for (const p of takers) p.start();
        r.close();
        answers.close();
        const sent = (async () => {
          for (let i = 0; i < 2000; i++) await w.send(i);
          w.close();
        })();
        const seen: number[] = [];
        const end = await soon(
          excOf(async () => {
            for (;;) seen.push((await back.recv()) as number);
          }),
        );
        await sent;
        expect(end).toEqual(EOF);
        expect(seen.sort((x, y) => x - y)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
        for (const p of takers) await p.join();
      });

      // The gate is opened by who would block in its send.
      if (facade === 'async') {
        test('a reader that blocks its thread is waited for', async () => {
          const [r, w] = pipe(false);
          const gate = path('gate');
          const p = new Process({
            target: async (c: Connection, file: string) => {
              pass(file);
              let bytes = 0;
              for (let i = 0; i < 50; i++) bytes += ((await c.recv()) as string).length;
              if (bytes !== 500_000) throw new Error(`${bytes} bytes`);
            },
            args: [r, gate],
          });
          p.start();
          r.close();
          let done = 0;
          const sent = (async () => {
            for (; done < 50; done++) await w.send('x'.repeat(10_000));
          })();
          await until(() => done > 3, 'the first ones');
          // 64 KiB is all that it holds.
          expect(done).toBeLessThan(8);
          open(gate);
          await soon(sent);
          await p.join();
          expect(p.exitcode).toBe(0);
        });
      }
    },
    ['async'],
    methods,
  );
});
