'use strict';

const { readFileSync, readdirSync } = require('node:fs');

/** How many tiny tasks make a round. */
const COUNT = 20_000;

async function clock(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** One figure for each round, after a warm-up: V8 compiles what is hot in the first rounds, CPython never does. */
async function rounds(count, run, warmup = 5) {
  for (let i = 0; i < warmup; i++) await run();
  const figures = [];
  for (let i = 0; i < count; i++) figures.push(await clock(run));
  return figures;
}

/** The children of this process, by way of /proc. */
function children() {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1] === String(process.pid);
      } catch {
        return false;
      }
    });
}

/** MiB of the children on average: their resident sets (`Rss`), or their share of them (`Pss`). */
function childMemory(kind) {
  const pids = children();
  const kib = pids.map((pid) => {
    const line = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
      .split('\n')
      .find((each) => each.startsWith(`${kind}:`));
    return Number(line.split(/\s+/)[1]);
  });
  return kib.reduce((sum, each) => sum + each, 0) / kib.length / 1024;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs the row that the command line names and prints its figures as JSON. */
async function main(rows) {
  const [row, count] = process.argv.slice(2);
  const figures = await rows[row](Number(count));
  process.stdout.write(JSON.stringify(figures), () => process.exit(0));
}

module.exports = { COUNT, childMemory, clock, main, pause, rounds };
