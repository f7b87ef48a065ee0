'use strict';

/** The rows of the bench for pipes between two processes: `pipes.cjs ROW ROUNDS` prints a JSON list of figures. */
const { Pipe, Process } = require('multiprocessing-ts');
const { main, rounds } = require('./measure.cjs');

const ROUND_TRIPS = 5000;

const echo = async (connection) => {
  try {
    for (;;) await connection.send(await connection.recv());
  } catch {
    connection.close();
  }
};

/** For each number that comes, so many messages go back. */
const source = async (connection, size) => {
  const message = Buffer.alloc(size, 1);
  try {
    for (;;) {
      const count = await connection.recv();
      for (let i = 0; i < count; i++) await connection.send(message);
    }
  } catch {
    connection.close();
  }
};

const withChild = (target, args, run) => async (count) => {
  const [connection, theirs] = Pipe();
  const child = new Process({ target, args: [theirs, ...args] });
  child.start();
  theirs.close();
  const figures = await rounds(count, () => run(connection));
  connection.close();
  await child.join();
  return figures;
};

const oneWay = (size, count) =>
  withChild(source, [size], async (connection) => {
    await connection.send(count);
    for (let i = 0; i < count; i++) await connection.recv();
  });

main({
  'pipe-round-trip': withChild(echo, [], async (connection) => {
    for (let i = 0; i < ROUND_TRIPS; i++) {
      await connection.send(i);
      await connection.recv();
    }
  }),
  'pipe-64': oneWay(64, 50_000),
  'pipe-4k': oneWay(4096, 20_000),
  'pipe-1m': oneWay(1024 * 1024, 200),
});
