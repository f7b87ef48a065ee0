import { execFileSync } from 'node:child_process';

/** The executable of a version of node, from the `node` package of npm. */
export function nodeOf(version) {
  return execFileSync('npx', ['-y', `node@${version}`, '-p', 'process.execPath'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}
