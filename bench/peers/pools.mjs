/**
 * Each peer as `{ run(name, x), close() }` over two workers, set up as its README says for many small tasks.
 */
import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const named = (name) => (name === 'square' ? {} : { name });

export const pools = {
  async piscina(options = {}) {
    const { Piscina } = await import('piscina');
    const pool = new Piscina({ filename: file('square.cjs'), minThreads: 2, maxThreads: 2, ...options });
    return { run: (name, x) => pool.run(x, named(name)), close: () => pool.destroy() };
  },

  'piscina-16': () => pools.piscina({ concurrentTasksPerWorker: 16 }),

  'tinypool-threads': () => pools.tinypool({ runtime: 'worker_threads' }),

  async tinypool({ serialization, runtime = 'child_process' } = {}) {
    const { Tinypool } = await import('tinypool');
    const pool = new Tinypool({
      filename: file('square.cjs'),
      runtime,
      serialization,
      minThreads: 2,
      maxThreads: 2,
    });
    return { run: (name, x) => pool.run(x, named(name)), close: () => pool.destroy() };
  },

  'workerpool-threads': () => pools.workerpool({ workerType: 'thread' }),

  async workerpool({ serialization, workerType = 'process' } = {}) {
    const { default: workerpool } = await import('workerpool');
    const pool = workerpool.pool(file('workerpool_worker.cjs'), {
      workerType,
      forkOpts: { serialization },
      minWorkers: 2,
      maxWorkers: 2,
    });
    return { run: (name, x) => pool.exec(name, [x]), close: () => pool.terminate() };
  },
};
