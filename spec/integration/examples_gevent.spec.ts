import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { range } from 'multiprocessing-ts/builtins';
import { example } from '../support/examples';
import { findPython, testWithPython } from '../support/python';

/**
 * The scripts of gevent. What 003b prints follows from its text, so it needs no gevent to compare with; 003c and 003d
 * never end in the original, and do here.
 */
let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

/** What the clients send, one after the other, as Python names its threads. */
const sent = (clients: number, messages: number): string[] =>
  [...range(clients)].flatMap((i) => [...range(messages)].map((n) => `Thread-${i + 1} (client) ${n}`));

/** The lines of each client, in their order. */
function byClient(lines: readonly string[]): Map<string, string[]> {
  const clients = new Map<string, string[]>();
  for (const line of lines) {
    const name = line.slice(0, line.lastIndexOf(' '));
    clients.set(name, [...(clients.get(name) ?? []), line]);
  }
  return clients;
}

/** Answers in capitals, as the server of 003c does. */
async function server<T>(body: (port: number) => Promise<T>): Promise<T> {
  const listening = await new Promise<Server>((done) => {
    const each = createServer((connection) => {
      connection.on('data', (data) => connection.write(data.toString().toUpperCase()));
      connection.on('error', () => connection.destroy());
    });
    each.listen({ host: '127.0.0.1', port: 0, backlog: 400 }, () => {
      done(each);
    });
  });
  try {
    return await body((listening.address() as AddressInfo).port);
  } finally {
    await new Promise((done) => listening.close(done));
  }
}

test('003b_gevent_spawn: three coroutines sleep at the same time', async () => {
  const lines = await example(cwd, '003b_gevent_spawn');
  expect(lines.slice(0, -1)).toEqual(['哼', '哈', '嘿嘿嘿', '哼', '哈', '嘿嘿嘿']);
  // The longest sleep, to the millisecond of Node's timers; all have begun before one was over.
  expect(Number(lines.at(-1))).toBeGreaterThan(4.99);
});

test('003c_gevent_server: 400 clients are served, and all ends by itself', async () => {
  const messages = sent(400, 5);
  const lines = await example(cwd, '003c_gevent_server', '0');
  expect(lines.toSorted()).toEqual([...messages, ...messages.map((each) => each.toUpperCase())].sort());
  const clients = byClient(lines);
  for (const i of range(400)) {
    const own = messages.slice(i * 5, i * 5 + 5);
    expect(clients.get(`Thread-${i + 1} (client)`)).toEqual(own);
    expect(clients.get(`THREAD-${i + 1} (CLIENT)`)).toEqual(own.map((each) => each.toUpperCase()));
  }
});

testWithPython('003d_gevent_client prints what its original prints, were that bounded', async () => {
  const ours = await server((port) => example(cwd, '003d_gevent_client', String(port), '20', '3'));
  const original = readFileSync(resolve(__dirname, '../fixtures/python/003d_gevent_client.py'), 'utf8');
  const theirs = await server(async (port) => {
    const bounded = original
      .replace('8080', String(port))
      .replace('range(400)', 'range(20)')
      .replace('while True', 'while n < 3');
    writeFileSync(join(cwd, 'client.py'), bounded);
    const { stdout } = await promisify(execFile)(findPython() ?? '', ['client.py'], { cwd });
    // Python's threads write a line and its end apart, and those of others come in between.
    return stdout.match(/THREAD-\d+ \(CLIENT\) \d/g) ?? [];
  });
  expect(byClient(ours)).toEqual(byClient(theirs));
  expect(ours.toSorted()).toEqual(
    sent(20, 3)
      .map((each) => each.toUpperCase())
      .sort(),
  );
});
