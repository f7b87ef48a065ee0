import { createServer } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { active_children, Pool, Process as DefaultProcess } from 'multiprocessing-ts';
import { PicklingError } from 'multiprocessing-ts/reduction';
import { scratch } from '../support';
import { processes, run } from './support';

const path = scratch();

processes('what cannot be sent', (Process) => {
  test('is a PicklingError of start(), and nothing is started', () => {
    const server = createServer();
    const p = new Process({ target: () => server.listening });
    expect(() => {
      p.start();
    }).toThrow(PicklingError);
    expect([p.pid, p.is_alive(), active_children()]).toEqual([null, false, []]);
    expect(() => {
      new Process({ target: (_: unknown) => undefined, args: [server] }).start();
    }).toThrow(/node's (net\.)?Server cannot be sent[^]*create it in the worker/);
  });

  test('can be put right, and the process started again', async () => {
    const file = path('again');
    const box: { server: unknown } = { server: createServer() };
    const p = new Process({ target: () => writeFileSync(file, String(box.server)) });
    expect(() => {
      p.start();
    }).toThrow(PicklingError);
    box.server = null;
    await run(p);
    expect(readFileSync(file, 'utf8')).toBe('null');
  });

  test('another process object is refused, with what to do instead', () => {
    const other = new Process();
    const p = new Process({ target: () => other.name });
    expect(() => {
      p.start();
    }).toThrow(
      `cannot pickle '${Process.name}' object: it only travels to its own process; send its name or pid`,
    );
  });
});

processes('a process that ends', (Process) => {
  test('is not kept by this package', async () => {
    const p = new Process();
    p.start();
    await p.join();
    expect(active_children()).toEqual([]);
  });
});

processes('the target is let go of', (Process) => {
  test('once it is started, and run() has nothing to run', async () => {
    const p = new Process({ target: () => undefined });
    await run(p);
    expect(() => p.run()).toThrow(`'${Process.name}' object has no attribute '_target'`);
  });

  test('before that run() runs it here', () => {
    const p = new Process({
      target: (a: number, { b }: { b: number }) => a + b,
      args: [1],
      kwargs: { b: 2 },
    });
    expect(p.run()).toBe(3);
    expect(new Process().run()).toBeUndefined();
  });
});

test('a process object is not what a task can be given', async () => {
  await using pool = new Pool(1);
  const given = pool.apply((p: unknown) => p, [new DefaultProcess()]);
  await expect(given).rejects.toThrow("cannot pickle 'Process' object");
});
