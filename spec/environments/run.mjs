// Runs the cases of spec/functions and all doors in every environment that can be had here, and writes docs/environments.md.
// Usage: node spec/environments/run.mjs [name of an environment ...]
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from './node_of.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const here = join(root, 'spec/environments');
const bin = (name) => join(root, 'node_modules/.bin', name);
const scratch = mkdtempSync(join(tmpdir(), 'mp-environments-'));
const node = process.execPath;

/** Compiles the cases to a folder of their own. */
function compile(name, options) {
  const out = join(scratch, name);
  const config = join(root, `tsconfig.${name}.tmp.json`);
  writeFileSync(
    config,
    JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions: { noEmit: false, outDir: out, sourceMap: true, types: ['node'], ...options },
      include: ['spec/environments/**/*.ts', 'spec/functions/cases', 'spec/functions/real_pool.ts'],
      exclude: [],
    }),
  );
  try {
    execFileSync(node, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
      cwd: root,
      stdio: 'ignore',
    });
  } catch {
    // Emits all the same.
  } finally {
    rmSync(config);
  }
  mkdirSync(join(out, 'node_modules'), { recursive: true });
  symlinkSync(root, join(out, 'node_modules/multiprocessing-ts'));
  cpSync(join(root, 'spec/functions/node_modules'), join(out, 'spec/functions/node_modules'), {
    recursive: true,
  });
  return out;
}

/** Native ES modules need whole file names, and have no `require`. */
function toEsm(folder) {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const entry of readdirSync(folder, { recursive: true })) {
    if (!entry.endsWith('.js') || entry.includes('node_modules')) continue;
    const file = join(folder, entry);
    const text = readFileSync(file, 'utf8').replace(/(from\s+['"])(\.[^'"]+?)(\.js)?(['"])/g, '$1$2.js$4');
    const prelude =
      "import { createRequire as $createRequire } from 'node:module'; import { fileURLToPath as $path } from 'node:url'; const require = $createRequire(import.meta.url), __filename = $path(import.meta.url), __dirname = $path(new URL('.', import.meta.url)).slice(0, -1);";
    const needs = /\brequire\(|__dirname|__filename/.test(text) && !/node:module/.test(text);
    writeFileSync(file, needs ? prelude + text : text);
  }
}

const folders = {};
const compiled = (name, options, after) => {
  if (!folders[name]) {
    folders[name] = compile(name, options);
    after?.(folders[name]);
  }
  return folders[name];
};
const cjs = () => compiled('cjs', { module: 'NodeNext' });
const es2015 = () => compiled('es2015', { target: 'ES2015' });
const esm = () => compiled('esm', { module: 'ESNext', moduleResolution: 'Bundler' }, toEsm);
const start = (folder) => join(folder, 'spec/environments/start.js');
const mainOf = (folder) => JSON.stringify(join(folder, 'spec/environments/main.js'));
const jest = (...args) => [bin('jest'), ['--config', join(here, 'jest.config.cjs'), '--json', ...args]];

/** name → the command, its arguments, and what to write to its input. */
const environments = {
  'node, CommonJS': () => [node, [start(cjs())]],
  'node, CommonJS, target ES2015': () => [node, [start(es2015())]],
  'node, ES modules': () => [node, [start(esm())]],
  'ts-node': () => [bin('ts-node'), [join(here, 'start.ts')]],
  'ts-node -T': () => [bin('ts-node'), ['-T', join(here, 'start.ts')]],
  tsx: () => [bin('tsx'), [join(here, 'start.ts')]],
  'tsx, ES modules': () => [bin('tsx'), [tsxEsm()]],
  jest: () => jest(),
  'jest --coverage (v8)': () => jest('--coverage', '--coverageDirectory', join(scratch, 'c1')),
  'jest --coverage (babel)': () =>
    jest(
      ...['--coverage', '--coverageProvider=babel', '--collectCoverageFrom', 'spec/**/*.ts'],
      ...['--coverageDirectory', join(scratch, 'c2')],
    ),
  vitest: () => [
    bin('vitest'),
    ['run', '--root', root, '--config', join(here, 'vitest.config.mjs'), '--reporter=json'],
  ],
  'node -e': () => [node, ['-e', `require(${mainOf(cjs())}).main()`]],
  'node -e, functions of its own': () => [node, ['-e', interactive()]],
  stdin: () => [node, ['-'], `require(${mainOf(cjs())}).main()`],
  'stdin, functions of its own': () => [node, ['-'], interactive()],
  // The REPL ends the process when its input ends.
  'REPL, functions of its own': () => ['sh', ['-c', `(cat; sleep 4) | ${node} -i`], interactive()],
  'worker thread as parent': () => [
    node,
    ['-e', `new (require('worker_threads').Worker)(${JSON.stringify(start(cjs()))})`],
  ],
  'node 22': () => withNode(22),
  'node 24': () => withNode(24),
  'node 26': () => withNode(26),
};

/** What somebody types. */
function interactive() {
  return `const { Pool } = require(${JSON.stringify(join(root, 'dist/lib/index.js'))});
let k = 3;
var factor = 10;
const os = require('node:os');
function times(x) { return x * k * factor; }
class Point { constructor(x) { this.x = x; } twice() { return this.x * 2; } }
const f = (x) => times(x) + new Point(x).twice() + os.EOL.length;
const point = new Point(4);
let pool = new Pool(1);
const seen = [];
const steps = [() => pool.apply(f, [5]), () => { k = 4; return pool.apply(f, [5]); }, () => { factor = 1; return pool.map(f, [5]); }, () => pool.apply((p) => [p.twice(), point instanceof Point, point.x], [point]), () => pool.apply(Function('a', 'return a + 1'), [1])];
steps.reduce((last, step) => last.then(step).then((value) => { seen.push(value); }), Promise.resolve()).then(() => pool.terminate()).then(() => { const wanted = '[161,211,[31],[8,true,4],2]'; const got = JSON.stringify(seen); console.log('RESULT ' + JSON.stringify(got === wanted ? { passed: 5, failed: [] } : { passed: 0, failed: ['answers: ' + got] })); }, (e) => console.log('RESULT ' + JSON.stringify({ passed: seen.length, failed: [String(e && e.stack)] })));
`;
}

function withNode(version) {
  return [nodeOf(version), [start(cjs())]];
}

function tsxEsm() {
  const folder = join(scratch, 'tsx-esm');
  mkdirSync(join(folder, 'spec'), { recursive: true });
  cpSync(here, join(folder, 'spec/environments'), { recursive: true });
  cpSync(join(root, 'spec/functions'), join(folder, 'spec/functions'), { recursive: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/multiprocessing-ts'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const entry of readdirSync(folder, { recursive: true })) {
    // Never through the link to the package.
    if (entry.includes('node_modules') || !/cases\/\w+\.ts$/.test(entry)) continue;
    const file = join(folder, entry);
    const text = readFileSync(file, 'utf8');
    if (/\brequire\(|__dirname|__filename/.test(text)) {
      writeFileSync(
        file,
        `import { createRequire as $createRequire } from 'node:module'; import { fileURLToPath as $path } from 'node:url'; const require = $createRequire(import.meta.url), __filename = $path(import.meta.url), __dirname = $path(new URL('.', import.meta.url)).slice(0, -1);${text}`,
      );
    }
  }
  return join(folder, 'spec/environments/start.ts');
}

/** What a test runner says of some files. */
function tallyOf(files) {
  const tests = files.flatMap(({ assertionResults }) => assertionResults ?? []);
  const failed = tests.filter(({ status }) => status === 'failed');
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    // A file may fail as a whole: it cannot be loaded, or leaves something behind.
    failed: [
      ...failed.map(({ title, failureMessages }) => `${title}: ${failureMessages?.[0] ?? ''}`),
      ...files
        .filter(
          (file) => file.status === 'failed' && !failed.some((test) => file.assertionResults?.includes(test)),
        )
        .map((file) => `${basename(file.name)}: ${file.message}`),
    ],
  };
}

function run(name) {
  const [command, args, input] = environments[name]();
  const began = Date.now();
  const { stdout, stderr, status, signal } = spawnSync(command, args, {
    cwd: root,
    input: input ?? '',
    encoding: 'utf8',
    timeout: 600_000,
    maxBuffer: 1 << 26,
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  const seconds = (Date.now() - began) / 1000;
  const line = /RESULT (\{.*\})/.exec(stdout);
  if (line) {
    const found = { name, seconds, ...JSON.parse(line[1]) };
    // Whatever was left open keeps it from its end.
    if (status !== 0) found.failed.push(`the end: ${signal ?? status}\n${stderr.slice(-2000)}`);
    return found;
  }
  const json = /^\{.*"num(?:TotalTests|FailedTests)".*\}$/m.exec(stdout);
  if (json) {
    const { testResults } = JSON.parse(json[0]);
    const [doors, cases] = [true, false].map((of) =>
      tallyOf(testResults.filter((file) => /doors\.spec/.test(file.name) === of)),
    );
    if (cases.passed + cases.failed.length > 0) return { name, seconds, ...cases, doors };
  }
  return { name, seconds, passed: 0, failed: [`it did not run: ${(stderr || stdout).slice(-2000)}`] };
}

const wanted = process.argv.slice(2);
const results = [];
for (const name of Object.keys(environments)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const result = run(name);
  results.push(result);
  const { passed, failed, doors, seconds } = result;
  console.log(
    `${name.padEnd(32)} ${passed} passed, ${failed.length} failed` +
      `${doors ? `; doors: ${doors.passed} passed, ${doors.failed.length} failed` : ''} (${seconds.toFixed(1)} s)`,
  );
  for (const failure of [...failed, ...(doors?.failed ?? [])]) {
    console.log(`  ${failure.split('\n').slice(0, 14).join('\n  ')}`);
  }
}
rmSync(scratch, { recursive: true, force: true });
if (wanted.length === 0) {
  const failures = (texts) => texts.map((text) => text.split(':')[0]).join('; ') || '–';
  const rows = results.map(
    ({ name, passed, failed, doors }) =>
      `| ${name} | ${passed} | ${failures(failed)} | ${doors?.passed ?? '–'} | ${failures(doors?.failed ?? [])} |`,
  );
  const file = join(root, 'docs/environments.md');
  // What follows the table is written by hand.
  const text = readFileSync(file, 'utf8');
  const byHand = text.slice(text.indexOf('\n## '));
  writeFileSync(
    file,
    `# Where it runs

The cases of \`spec/functions/cases\` (closures, classes, modules, odd values, refusals, errors) and the doors of
\`spec/environments/doors\` (pools, executors, processes, locks, queues, pipes, managers ..., with \`await\` and without, each doing
some work), run as they are in each environment by \`node spec/environments/run.mjs\`. Node ${process.version}, TypeScript ${JSON.parse(readFileSync(join(root, 'node_modules/typescript/package.json'), 'utf8')).version}.

| environment | cases passed | cases failed | doors passed | doors failed |
|---|---|---|---|---|
${rows.join('\n')}

Case 95 fails where a loader turned TypeScript into an ES module: workers cannot load what it made, so an export that cannot be
copied (here: an instance with \`#private\` fields) is refused, with what to do instead.
${byHand}`,
  );
}
