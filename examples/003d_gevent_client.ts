// 400 clients of the server of 003c, on coroutines where the original has threads. Each of the original's goes on for
// ever; these send a few messages and end. Where a server is running:
//
//   npx ts-node examples/003d_gevent_client.ts [port [clients [messages of each]]]
import { print, range } from 'multiprocessing-ts/builtins';
import { getcurrent, Greenlet, joinall } from 'multiprocessing-ts/gevent';
import { socket } from './support/socket';

async function client(port: number, messages: number) {
  const client = socket();
  await client.connect(['127.0.0.1', port]);

  let n = 0;
  while (n < messages) {
    const data = `${getcurrent().name} ${n}`;
    await client.send(Buffer.from(data, 'utf-8'));
    const res = await client.recv(1024);
    print(res.toString('utf-8'));
    n += 1;
  }
  client.close();
}

export async function clients(port = 8080, count = 400, messages = 5) {
  const ts: Greenlet[] = [];
  for (const i of range(count)) {
    const t = new Greenlet(client, port, messages);
    t.name = `Thread-${i + 1} (client)`; // as Python names the threads
    t.start();
    ts.push(t);
  }
  await joinall(ts, { raise_error: true });
}

if (require.main === module) void clients(...process.argv.slice(2).map(Number));
