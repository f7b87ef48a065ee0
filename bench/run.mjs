/**
 * `npm run bench [-- --only NAME] [--suites A,B] [--passes N] [--dry]`
 *
 * Every figure is taken by a process of its own, and the processes of a row take turns, so that what else the
 * machine does falls on all alike. Shown is the median of all rounds. `--only` takes the rows whose name contains
 * NAME, `--suites` those of these suites; other rows keep their lines. `--dry` leaves docs/performance.md as it is.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { findPython } from './python.mjs';
import { median, table, verdicts } from './report.mjs';
import { rows, titles } from './rows.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    suites: { type: 'string', default: '' },
    passes: { type: 'string', default: '3' },
    dry: { type: 'boolean', default: false },
  },
});

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);
const python = findPython();

/** Python's program of a suite. One of the name `ctypes` would hide the module. */
const pythonOf = (suite) => here(`python/${suite === 'ctypes' ? 'ctypes_rows' : suite}.py`);

/** The program behind each column. */
function command(column, { name: row, suite = 'pool' }, rounds) {
  switch (column) {
    case 'ours':
      return [process.execPath, [here(suite === 'pool' ? 'ours.cjs' : `${suite}.cjs`), row, rounds]];
    case 'async':
      // The same with promises.
      return [process.execPath, [here('ours.cjs'), row.replace('blocking-', ''), rounds]];
    case 'bare':
      return [process.execPath, [here('bare.cjs'), row, rounds]];
    case 'cpython':
    case 'cpython-spawn':
      return [python?.path, [pythonOf(suite), row, rounds, column === 'cpython' ? 'fork' : 'spawn']];
    default:
      return [process.execPath, [here('peers/run.mjs'), row, rounds, column]];
  }
}

async function measure(row) {
  const figures = new Map(row.columns.map((column) => [column, []]));
  // A row of one round is slow or does not vary.
  const passes = row.rounds === 1 ? 1 : Number(options.passes);
  for (let pass = 0; pass < passes; pass++) {
    for (const [column, taken] of figures) {
      const [program, args] = command(column, row, String(row.rounds ?? 3));
      if (program === undefined) continue;
      try {
        const { stdout } = await run(program, args, { timeout: 120_000, cwd: here('..') });
        taken.push(...JSON.parse(stdout));
      } catch (error) {
        console.error(
          `  ${row.name}, ${column}: failed\n${indent(error.killed ? 'timed out' : String(error.stderr || error.message))}`,
        );
        figures.delete(column);
      }
    }
  }
  return Object.fromEntries(
    [...figures].filter(([, taken]) => taken.length > 0).map(([c, taken]) => [c, median(taken)]),
  );
}

const indent = (text) =>
  text
    .trim()
    .split('\n')
    .slice(0, 8)
    .map((line) => `    ${line}`)
    .join('\n');

if ((loadavg()[0] ?? 0) > 0.5) {
  console.error(
    `!! the machine is busy (load ${loadavg()[0].toFixed(1)}): expect worse figures, and unsteady ones.\n`,
  );
}

const results = [];
const isAsked = ({ name, suite = 'pool' }) =>
  name.includes(options.only) && (options.suites === '' || options.suites.split(',').includes(suite));

for (const row of rows.filter(isAsked)) {
  const figures = await measure(row);
  results.push({ row, figures });
  const shown = Object.entries(figures).map(([column, figure]) => `${titles[column]} ${figure.toFixed(1)}`);
  console.log(`${row.name.padEnd(20)} ${shown.join(' · ')} ${row.unit ?? 'ms'}`);
  for (const { text } of verdicts(row, figures)) console.log(`${''.padEnd(20)} ${text}`);
}

if (!options.dry) {
  const path = here('../docs/performance.md');
  const machine = `Node ${process.version}, CPython ${python?.version ?? 'missing'}, ${availableParallelism()} cores, ${process.platform} ${process.arch}.`;
  writeFileSync(path, table(readFileSync(path, 'utf8'), results, machine));
}
const missed = results.flatMap(({ row, figures }) => verdicts(row, figures)).filter(({ met }) => !met);
console.log(`\n${missed.length === 0 ? 'every target is met' : `${missed.length} targets are not met`}`);
