// A server on coroutines. The original serves for ever; this one serves the clients of 003d, then ends.
//
//   npx ts-node examples/003c_gevent_server.ts [port [clients [messages of each]]]
import { ConnectionResetError, len, print } from 'multiprocessing-ts/builtins';
import { monkey, spawn } from 'multiprocessing-ts/gevent';
import { clients } from './003d_gevent_client';
import { socket, type Socket } from './support/socket';

monkey.patch_all();

const server = socket();

async function talk(conn: Socket) {
  for (;;) {
    try {
      const data = await conn.recv(1024);
      if (len(data) === 0) break;
      print(data.toString('utf-8'));
      await conn.send(Buffer.from(data.toString('utf-8').toUpperCase()));
    } catch (e) {
      if (!(e instanceof ConnectionResetError)) throw e;
      print(e);
      break;
    }
  }
  conn.close();
}

async function server1() {
  for (;;) {
    const [conn] = await server.accept();
    spawn(talk, conn);
  }
}

async function main(port = 8080, count?: number, messages?: number) {
  server.bind(['127.0.0.1', port]);
  await server.listen(400); // 5 in the original, whose clients come one after the other

  const g1 = spawn(server1);
  await clients(server.getsockname()[1], count, messages); // the original waits for g1 instead

  await g1.kill();
  server.close();
}

if (require.main === module) void main(...process.argv.slice(2).map(Number));
