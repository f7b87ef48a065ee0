// Installs the packed package as users do, with each package manager, and runs the README's examples from there; then
// bundles a program with each bundler. Downloads what it needs, and takes some minutes.
// Usage: npm run test:packages [-- npm|pnpm|yarn|yarn4|esbuild|webpack|rollup ...]
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const scratch = mkdtempSync(join(tmpdir(), 'mp-packages-'));
const TOOLS = ['ts-node@10', 'tsx@4', 'typescript@6', '@types/node@20'];
const CONFIG = { compilerOptions: { module: 'NodeNext', target: 'ES2022', types: ['node'] } };

/** The programs in the README, and what they print. */
const [waiting, blocking] = [
  ...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n([^]*?)```/g),
].map(([, text]) => text);
const PRINTED = {
  waiting: '[ 100, 101, 104, 109, 116 ]\ndone: 5\n5\nitem 0\nitem 1\nitem 2\n',
  blocking: '[ 1, 4, 9 ]\nitem 0\nitem 1\nitem 2\n',
};
const inJavaScript = (text, module) =>
  typescript.transpileModule(text, { compilerOptions: { module, target: typescript.ScriptTarget.ES2022 } })
    .outputText;

const FILES = {
  'waiting.ts': waiting,
  'blocking.ts': blocking,
  'waiting.mjs': inJavaScript(waiting, typescript.ModuleKind.ESNext),
  'blocking.mjs': inJavaScript(blocking, typescript.ModuleKind.ESNext),
  'waiting.cjs': inJavaScript(waiting, typescript.ModuleKind.CommonJS),
  'blocking.cjs': inJavaScript(blocking, typescript.ModuleKind.CommonJS),
  'tsconfig.json': JSON.stringify(CONFIG),
  'package.json': '{ "name": "a-user", "version": "1.0.0", "private": true }',
};

/** What npm has configured, for the managers that do not read its files. */
const registry = execFileSync('npm', ['config', 'get', 'registry'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
}).trim();
const YARN4 = ['npx', '-y', '-p', '@yarnpkg/cli-dist@4', 'yarn'];
const yarn4Env = {
  YARN_ENABLE_TELEMETRY: '0',
  YARN_ENABLE_GLOBAL_CACHE: 'false',
  YARN_NPM_REGISTRY_SERVER: registry,
  YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
};

/** name → how it adds packages, and how it runs a command of one. */
const managers = {
  npm: { add: ['npm', 'install'], run: ['npx'] },
  // It ends with 1 for scripts of dependencies that nobody has allowed: none is needed.
  pnpm: {
    add: ['npx', '-y', 'pnpm', 'add', '--config.strictDepBuilds=false'],
    run: ['npx', '-y', 'pnpm', 'exec'],
  },
  yarn: { add: ['npx', '-y', 'yarn@1', 'add'], run: ['npx'] },
  // Plug'n'Play: there is no node_modules.
  yarn4: { add: [...YARN4, 'add'], run: YARN4, files: { 'yarn.lock': '' } },
};

/** name → the tools, and the command that makes the bundle `out` of `waiting.mjs` or `blocking.mjs`. */
const bundlers = {
  esbuild: {
    tools: ['esbuild'],
    bundle: (file, out, outside) => [
      'esbuild',
      ...[file, '--bundle', '--platform=node', '--format=cjs', `--outfile=${out}.cjs`],
      ...(outside ? ['--external:multiprocessing-ts'] : []),
    ],
  },
  webpack: {
    tools: ['webpack@5', 'webpack-cli'],
    files: {
      'webpack.config.cjs': `module.exports = { mode: 'production', target: 'node', externalsType: 'commonjs',
        externals: process.env.OUTSIDE ? [/^multiprocessing-ts(\\/|$)/] : [] };`,
    },
    bundle: (file, out) => ['webpack', './' + file, '-o', 'out', '--output-filename', `${out}.cjs`],
  },
  rollup: {
    tools: ['rollup@4', '@rollup/plugin-node-resolve', '@rollup/plugin-commonjs'],
    files: {
      'rollup.config.mjs': `import resolve from '@rollup/plugin-node-resolve';
        import commonjs from '@rollup/plugin-commonjs';
        export default { external: process.env.OUTSIDE ? [/^multiprocessing-ts(\\/|$)/] : [], plugins: [resolve(), commonjs()],
          output: { format: 'es', inlineDynamicImports: true } };`,
    },
    bundle: (file, out) => ['rollup', '-c', '-i', file, '-o', `${out}.mjs`],
  },
};

let failures = 0;
function tell(what, problem) {
  console.log(`${what.padEnd(34)} ${problem === null ? 'ok' : `FAILED\n${problem}`}`);
  if (problem !== null) failures++;
}

function run([command, ...args], cwd, env = {}) {
  // Node shows the line of an error, which is all of a bundle: a pipe loses what is said after more than it holds.
  const file = join(scratch, 'stderr.txt');
  const fd = openSync(file, 'w');
  const { status, stdout } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', fd],
    timeout: 300_000,
    env: { ...process.env, ...yarn4Env, ...env },
  });
  closeSync(fd);
  const stderr = readFileSync(file, 'utf8');
  return { status, stdout, stderr, text: `${stdout}${stderr}` };
}

function project(name, files = {}) {
  const directory = join(scratch, name);
  mkdirSync(directory);
  for (const [file, text] of Object.entries({ ...FILES, ...files }))
    writeFileSync(join(directory, file), text);
  return directory;
}

/** Runs a program and compares what it prints. */
function prints(what, command, cwd, expected) {
  const { status, stdout, text } = run(command, cwd);
  tell(what, status === 0 && stdout === expected ? null : text);
}

execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch], {
  cwd: root,
  stdio: 'ignore',
});
const tarball = readdirSync(scratch).find((file) => file.endsWith('.tgz'));
const PACKAGE = `multiprocessing-ts@file:${join(scratch, tarball)}`;
const wanted = process.argv.slice(2);
const isWanted = ([name]) => wanted.length === 0 || wanted.includes(name);
try {
  for (const [name, { add, run: how, files }] of Object.entries(managers).filter(isWanted)) {
    const cwd = project(name, files);
    const { status, text } = run([...add, PACKAGE, ...TOOLS], cwd);
    tell(`${name}: install`, status === 0 ? null : text);
    if (status !== 0) continue;
    for (const [program, printed] of Object.entries(PRINTED)) {
      for (const tool of [['ts-node'], ['ts-node', '-T'], ['tsx']]) {
        prints(`${name}: ${tool.join(' ')} ${program}.ts`, [...how, ...tool, `${program}.ts`], cwd, printed);
      }
      const node = name === 'yarn4' ? [...how, 'node'] : [process.execPath];
      for (const kind of ['mjs', 'cjs']) {
        prints(`${name}: node ${program}.${kind}`, [...node, `${program}.${kind}`], cwd, printed);
      }
    }
  }
  for (const [name, { tools, files, bundle }] of Object.entries(bundlers).filter(isWanted)) {
    const cwd = project(name, files);
    const { status, text } = run(['npm', 'install', PACKAGE, ...tools], cwd);
    tell(`${name}: install`, status === 0 ? null : text);
    for (const [program, printed] of Object.entries(PRINTED)) {
      for (const outside of [true, false]) {
        const out = `${program}-${outside ? 'outside' : 'inside'}`;
        // Relative to the folder of webpack's output.
        const file = name === 'webpack' ? out : `out/${out}`;
        run(['npx', ...bundle(`${program}.mjs`, file, outside)], cwd, outside ? { OUTSIDE: '1' } : {});
        const made = join('out', readdirSync(join(cwd, 'out')).find((each) => each.startsWith(out)) ?? '');
        if (outside) prints(`${name}: ${program}, outside`, [process.execPath, made], cwd, printed);
        else {
          const ended = run([process.execPath, made], cwd);
          const says =
            ended.status !== 0 && ended.text.includes('multiprocessing-ts cannot be part of a bundle');
          tell(`${name}: ${program}, inside, says why not`, says ? null : ended.text);
        }
      }
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
