'use strict';

const { execFileSync } = require('node:child_process');
const { readdirSync, statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');

/** When the newest file below `dir` was written; 0 when there is none. */
function newest(dir) {
  let latest = 0;
  let entries;
  try {
    entries = readdirSync(join(root, dir), { withFileTypes: true });
  } catch {
    return 0;
  }
  for (const entry of entries) {
    const path = join(dir, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(join(root, path)).mtimeMs);
  }
  return latest;
}

/**
 * Specs import the package by its own name, so they run what users run: `dist`. It is built again when a source
 * is newer than everything in it.
 */
module.exports = function build() {
  if (newest('dist') > Math.max(newest('lib'), newest('workers'))) return;
  const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  run(require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json');
  // A worker that is not packed takes longer to start, and the specs start thousands.
  run(join(root, 'scripts', 'pack_worker.mjs'));
};
