import { isIP } from 'node:net';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { TimeoutError } from '../util/os_errors';
import { unresolved } from './socket_error';

/** How long a name may take, in milliseconds. */
const DEADLINE = 30_000;
const STEP = 100;

/** Runs in a thread of its own: JavaScript, as a worker can take it without a file. */
const LOOK_UP = `
const { workerData } = require('node:worker_threads');
const { host, family, port, done } = workerData;
require('node:dns').lookup(host, family, (error, address) => {
  port.postMessage(error === null ? { address } : { code: error.code });
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
});
`;

/**
 * The number of a host, at once: a listener has its address when it is made. Names but `localhost` are looked up by
 * another thread, which this one waits for, as Python does.
 *
 * @throws OSError for a name without an address.
 */
export function resolveHost(host: string, family: 4 | 6): string {
  if (host === '') return family === 4 ? '0.0.0.0' : '::';
  if (host === 'localhost') return family === 4 ? '127.0.0.1' : '::1';
  if (isIP(host) === family) return host;
  const done = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(LOOK_UP, {
    eval: true,
    execArgv: [],
    workerData: { host, family, port: port2, done },
    transferList: [port2],
  });
  worker.unref();
  // Its end is nobody's business.
  worker.on('error', () => undefined);
  try {
    // In steps: while this process was stopped, nobody looked anything up.
    for (let waited = 0; Atomics.wait(done, 0, 0, STEP) === 'timed-out'; waited += STEP) {
      if (waited >= DEADLINE) throw new TimeoutError('timed out');
    }
    const { address, code } = receiveMessageOnPort(port1)?.message as { address?: string; code?: string };
    if (address === undefined) throw unresolved(code);
    return address;
  } finally {
    port1.close();
    void worker.terminate();
  }
}
