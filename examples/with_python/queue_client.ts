/** `queue_client.ts PORT put WORD…` puts words into the queue of a queue server, `queue_client.ts PORT get` takes one. */
import { BaseManager, type Proxied } from 'multiprocessing-ts/managers';
import type { Queue } from 'multiprocessing-ts';

class QueueManager extends BaseManager {
  declare get_queue: () => Promise<Proxied<Queue<string>>>;
}
QueueManager.register('get_queue');

async function main(): Promise<void> {
  const [port, what, ...words] = process.argv.slice(2);
  const manager = new QueueManager(['127.0.0.1', Number(port)], Buffer.from('abracadabra'));
  await manager.connect();
  const queue = await manager.get_queue();
  if (what === 'put') for (const word of words) await queue.put(word);
  else console.log(await queue.get(true, 10));
}

void main();
