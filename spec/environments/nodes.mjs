// Runs specs with other versions of node, which come through the `node` package of npm.
// Usage: npm run test:nodes -- [version ...] [path of a spec, or a part of it ...]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from './node_of.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What depends on node: processes, threads, sockets, signals, native code, and how errors and values look. */
const SELECTION = [
  ...['map', 'imap', 'apply', 'timeout', 'deaths', 'threads', 'transfer', 'nested'].map(
    (name) => `contract/${name}.spec`,
  ),
  ...['futures', 'synchronize', 'queues', 'connection', 'managers', 'process', 'sharedctypes'].map(
    (name) => `contract/${name}/`,
  ),
  ...['blocking', 'executors', 'gevent', 'native', 'parents', 'processes', 'shared_environments'].map(
    (name) => `integration/${name}`,
  ),
  'functions/',
];

const args = process.argv.slice(2);
const versions = args.filter((arg) => /^[\d.]+$/.test(arg));
const patterns = args.filter((arg) => !/^[\d.]+$/.test(arg));
if (versions.length === 0) versions.push('22', '24', '26');
if (patterns.length === 0) patterns.push(...SELECTION);

const scratch = mkdtempSync(join(tmpdir(), 'mp-nodes-'));
const answers = join(scratch, 'answers.json');
let failures = 0;
try {
  for (const version of versions) {
    const node = nodeOf(version);
    const jest = [join(root, 'node_modules/jest/bin/jest.js'), '--json', '--outputFile', answers];
    const named = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    rmSync(answers, { force: true });
    // What starts `node` by its name gets the same.
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
    spawnSync(node, [...jest, '--testPathPatterns', ...patterns], {
      cwd: root,
      env,
      // What jest tells goes to stderr, file by file; the answers have a file of their own.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    failures += report(named);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

/** Prints how it went; how many files have failed. */
function report(version) {
  let found;
  try {
    found = JSON.parse(readFileSync(answers, 'utf8'));
  } catch {
    console.log(`${version}: jest did not run`);
    return 1;
  }
  const { numTotalTestSuites, numTotalTests, numPassedTests, numPendingTests, testResults } = found;
  const failed = testResults.filter(({ status }) => status === 'failed');
  console.log(
    `${version}: ${numPassedTests} of ${numTotalTests} tests passed in ${numTotalTestSuites} files, ` +
      `${numPendingTests} skipped, ${failed.length} files failed`,
  );
  for (const { name } of failed) console.log(`${version} ${relative(root, name)}`);
  // Nothing run is nothing shown.
  return failed.length + (numTotalTests === 0 ? 1 : 0);
}
