/** The rows of the bench for a peer: `run.mjs ROW ROUNDS PEER` prints a JSON list of figures. */
import measure from '../measure.cjs';
import { pools } from './pools.mjs';

const { COUNT, clock, main, rounds } = measure;
const make = pools[process.argv[4]];

const withPool = (run, options) => async (count) => {
  const pool = await make(options);
  return rounds(count, () => run(pool));
};

/** As JSON, what node's IPC speaks unless told otherwise, a block of 1 MiB takes a second. */
const BINARY = { serialization: 'advanced' };

const buffers = (name) => {
  const block = new Uint8Array(1024 * 1024).fill(1);
  return withPool((pool) => Promise.all(Array.from({ length: 100 }, () => pool.run(name, block))), BINARY);
};

const threads = (row) => `threads-${row}`;
const rows = {
  apply_async: withPool((pool) =>
    Promise.all(Array.from({ length: COUNT }, (_, i) => pool.run('square', i))),
  ),
  apply: withPool(async (pool) => {
    for (let i = 0; i < 1000; i++) await pool.run('square', i);
  }),
  'buffers-there': buffers('size'),
  'buffers-back': buffers('echo'),
  async start(count) {
    const figures = [];
    for (let i = 0; i <= count; i++) {
      let pool;
      figures.push(
        await clock(async () => {
          pool = await make();
          await Promise.all([pool.run('square', 0), pool.run('square', 1)]);
        }),
      );
      await pool.close();
    }
    return figures.slice(1);
  },
};

// The peers' names say whether they are threads: the rows are the same.
await main({
  ...rows,
  ...Object.fromEntries(Object.entries(rows).map(([row, run]) => [threads(row), run])),
});
