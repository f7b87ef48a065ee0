/**
 * A queue for programs anywhere, in TypeScript or Python: `queue_server.ts [PORT]`, then queue_client.ts or
 * queue_client.py.
 */
import { Queue } from 'multiprocessing-ts';
import { BaseManager } from 'multiprocessing-ts/managers';

const queue = new Queue();

class QueueManager extends BaseManager {}
QueueManager.register('get_queue', () => queue);

async function main(): Promise<void> {
  const port = Number(process.argv[2] ?? 50000);
  const server = new QueueManager(['127.0.0.1', port], Buffer.from('abracadabra')).get_server();
  console.log(`serving at port ${String(server.address[1])}`);
  await server.serve_forever();
}

void main();
