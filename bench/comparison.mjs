/**
 * `npm run bench:comparison [-- --dry]`: the table of docs/concurrency.md. Each figure is the median of some
 * runs, each in a process of its own; the kinds take turns.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findPython } from './python.mjs';
import { between, median } from './report.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);
const python = findPython();

/** What a row is called, and how often it is run: what only waits takes the same time always. */
const works = {
  '004a': ['tasks of 1, 2, 3 and 4 s, each with a callback of 1 s (`004a`)', 1],
  '004b': ['four tasks of 5 s, each with a callback of 1 s (`004b`)', 1],
  io: ['40 HTTP requests of 100 ms', 3],
  cpu: ['8 × `fib(36)`', 3],
};
const columns = [
  ['processes', 'processes', process.execPath, 'comparison.cjs'],
  ['threads', 'threads', process.execPath, 'comparison.cjs'],
  ['coroutines', 'coroutines', process.execPath, 'comparison.cjs'],
  ['CPython, processes', 'processes', python?.path, 'python/comparison.py'],
  ['CPython, threads', 'threads', python?.path, 'python/comparison.py'],
].filter(([, , program]) => program !== undefined);

const lines = [];
for (const [work, [title, passes]] of Object.entries(works)) {
  const figures = columns.map(() => []);
  for (let pass = 0; pass < passes; pass++) {
    for (const [i, [, kind, program, file]] of columns.entries()) {
      const { stdout } = await run(program, [here(file), work, kind], { cwd: here('..') });
      figures[i].push(...JSON.parse(stdout));
    }
  }
  const seconds = figures.map((taken) => (median(taken) / 1000).toFixed(2));
  lines.push(`| ${[title, ...seconds].join(' | ')} |`);
  console.log(`${work.padEnd(10)} ${columns.map(([name], i) => `${name} ${seconds[i]} s`).join(' · ')}`);
}

if (!process.argv.includes('--dry')) {
  const path = here('../docs/concurrency.md');
  const head = ['seconds, 4 workers', ...columns.map(([name]) => name)];
  const table = [
    `Node ${process.version}, CPython ${python?.version ?? 'missing'}, ${availableParallelism()} cores.`,
    '',
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---|').join('')}`,
    ...lines,
  ].join('\n');
  writeFileSync(path, between(readFileSync(path, 'utf8'), table));
}
