import { existsSync } from 'node:fs';
import { Pipe, Queue } from 'multiprocessing-ts';
import { wait, type Connection } from 'multiprocessing-ts/connection';
import { excOf, open, scratch, soon, until } from '../support';
import { processes } from '../process/support';
import { closeAll, pipe, sharedBytes } from './support';

/** Killed in every state in which it can wait; and what was on its way then. */
afterEach(closeAll);

const path = scratch();
const EOF = { type: 'EOFError', str: '' };
const BROKEN = { type: 'BrokenPipeError', str: '[Errno 32] Broken pipe' };
const MB = 1024 * 1024;

processes('a process that is killed', (Process) => {
  const waits: [string, (c: Connection) => unknown][] = [
    ['in recv', (c) => c.recv()],
    ['in recv_bytes_into', (c) => c.recv_bytes_into(Buffer.alloc(8))],
    ['in poll', (c) => c.poll(null)],
    ['in wait', (c) => wait([c], 60)],
    [
      'in send, the pipe full of short messages',
      async (c) => {
        for (;;) await c.send_bytes(Buffer.alloc(1000));
      },
    ],
    [
      'in send, the pipe full of long messages',
      async (c) => {
        for (;;) await c.send_bytes(Buffer.alloc(3 * 1024 * 1024));
      },
    ],
    [
      'in a loop that never waits',
      () => {
        for (;;);
      },
    ],
  ];

  test.each(waits)('%s: the other end reads the end, and cannot write', async (how, work) => {
    const [ours, theirs] = pipe();
    const here = path('here');
    const child = new Process({
      target: async (c: Connection, file: string, what: (c: Connection) => unknown, busy: boolean) => {
        if (busy) open(file);
        else setImmediate(open, file);
        await what(c);
      },
      args: [theirs, here, work, how === 'in a loop that never waits'],
    });
    child.start();
    theirs.close();
    await until(() => existsSync(here), 'the start of the child');
    const ended = wait([child.sentinel]);
    child.kill();
    expect(await soon(ended)).toEqual([child.sentinel]);
    // What it has sent before comes first.
    const end = excOf(async () => {
      for (;;) await ours.recv_bytes();
    });
    expect(await soon(end)).toEqual(EOF);
    expect(await soon(excOf(() => ours.send(1)))).toEqual(BROKEN);
    await child.join();
    expect(child.exitcode).toBe(-9);
  });

  test('wait tells of both, in the order given: its end, and what it has sent', async () => {
    const [ours, theirs] = pipe();
    const [other] = pipe();
    const child = new Process({
      target: async (c: Connection) => {
        await c.send('the last');
        await new Promise(() => setInterval(() => undefined, 1000));
      },
      args: [theirs],
    });
    child.start();
    theirs.close();
    const { sentinel } = child;
    expect(await soon(wait([sentinel, other, ours]))).toEqual([ours]);
    child.kill();
    await soon(wait([sentinel, other]));
    expect(await wait([sentinel, other, ours], 0)).toEqual([sentinel, ours]);
    expect(await ours.recv()).toBe('the last');
    expect(await wait([ours, other, sentinel], 45)).toContain(sentinel);
    expect(await excOf(() => soon(ours.recv()))).toEqual(EOF);
    await child.join();
  });

  test('what it has sent is there as a whole, long messages too', async () => {
    const [r, w] = pipe(false);
    const child = new Process({
      target: async (c: Connection) => {
        await c.send({ bytes: Buffer.alloc(3 * 1024 * 1024, 5) });
        await new Promise(() => setInterval(() => undefined, 1000));
      },
      args: [w],
    });
    child.start();
    w.close();
    expect(await soon(r.poll(45))).toBe(true);
    child.kill();
    await child.join();
    const { bytes } = (await soon(r.recv())) as { bytes: Buffer };
    expect(bytes.equals(Buffer.alloc(3 * MB, 5))).toBe(true);
    expect(await soon(excOf(() => r.recv()))).toEqual(EOF);
  });

  test('a connection that it was sent and has not received ends with the sender’s', async () => {
    const [to, from] = pipe();
    const [r, w] = pipe(false);
    const child = new Process({
      target: async (c: Connection) => {
        const [reader, writer] = Pipe(false);
        // On its way for ever: nobody takes it.
        await c.send(writer);
        writer.close();
        await c.send(await reader.recv().catch(() => 'never'));
      },
      args: [from],
    });
    child.start();
    from.close();
    expect(await soon(to.poll(45))).toBe(true);
    await to.send(w);
    w.close();
    // It is held on its way, by us.
    expect(await r.poll(0.1)).toBe(false);
    child.kill();
    await child.join();
    // What came of a pipe whose only other holder is dead is a connection at its end.
    const orphan = (await soon(to.recv())) as Connection;
    expect(await soon(excOf(() => orphan.send(1)))).toEqual(BROKEN);
    orphan.close();
  });

  test('both who held a pipe: its memory, and what was in it, is there for others', async () => {
    const relay = async (r: Connection, w: Connection, q: Queue<string>) => {
      await w.send_bytes(Buffer.alloc(3 * 1024 * 1024, 1));
      await q.put('sent');
      await new Promise(() => setInterval(() => undefined, 1000));
      r.close();
    };
    const queue = new Queue<string>();
    const [r, w] = pipe();
    const before = sharedBytes();
    const children = [0, 1].map(() => new Process({ target: relay, args: [r, w, queue] }));
    for (const child of children) child.start();
    r.close();
    w.close();
    // The second message waits for room.
    await soon(queue.get());
    expect(sharedBytes()).toBeGreaterThan(before + 2.5 * MB);
    for (const child of children) child.kill();
    for (const child of children) await child.join();
    // Who makes pipes looks after those that are left; for them a window of a megabyte may be needed.
    for (let i = 0; i < 10; i++) pipe();
    expect(sharedBytes()).toBeLessThan(before + 1.5 * MB);
  });

  test('as it copies what is long, with all who held the pipe: that memory comes back too', async () => {
    const busy = async (r: Connection, w: Connection, q: Queue<string>) => {
      const message = Buffer.alloc(3 * 1024 * 1024, 1);
      for (let i = 0; ; i++) {
        await w.send_bytes(message);
        await r.recv_bytes();
        if (i === 3) await q.put('busy');
      }
    };
    const queue = new Queue<string>();
    const before = sharedBytes();
    const pipes = Array.from({ length: 6 }, () => pipe(false));
    const children = pipes.map((ends) => new Process({ target: busy, args: [...ends, queue] }));
    for (const child of children) child.start();
    for (const end of pipes.flat()) end.close();
    for (let i = 0; i < children.length; i++) await soon(queue.get());
    for (const child of children) child.kill();
    for (const child of children) await child.join();
    for (let i = 0; i < 10; i++) pipe();
    // Between taking a block and noting it are a few instructions: one of six may have been killed just there.
    expect(sharedBytes()).toBeLessThan(before + 4.5 * MB);
  });
});

processes('100 MB', (Process) => {
  test('go there and back as one message', async () => {
    const [ours, theirs] = pipe();
    const child = new Process({
      target: async (c: Connection) => {
        const bytes = (await c.recv()) as Buffer;
        bytes[0] = 2;
        await c.send_bytes(bytes);
      },
      args: [theirs],
    });
    child.start();
    theirs.close();
    const bytes = Buffer.alloc(100_000_000, 7);
    await soon(ours.send(bytes));
    const into = Buffer.alloc(100_000_001);
    expect(await soon(ours.recv_bytes_into(into, 1))).toBe(100_000_000);
    expect([into[0], into[1]]).toEqual([0, 2]);
    expect(into.subarray(2).equals(bytes.subarray(1))).toBe(true);
    await child.join();
  });

  test('too short a buffer: the error has all of it', async () => {
    const [ours, theirs] = pipe();
    const child = new Process({
      target: (c: Connection) => c.send_bytes(Buffer.alloc(100_000_000, 3)),
      args: [theirs],
    });
    child.start();
    theirs.close();
    const thrown = await soon(ours.recv_bytes_into(Buffer.alloc(10)).catch((error: unknown) => error));
    const { name, args } = thrown as Error & { args: [Buffer] };
    expect([name, args[0].length, args[0][99_999_999]]).toEqual(['BufferTooShort', 100_000_000, 3]);
    expect(await soon(excOf(() => ours.recv()))).toEqual(EOF);
    await child.join();
  });
});
