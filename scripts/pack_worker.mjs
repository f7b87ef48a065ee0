// Packs the modules that a worker loads at its start into one file, for each kind of worker: finding and reading a
// dozen small files costs a worker process a quarter of its whole start. Each module keeps its own file name in `require.cache`, so
// whatever is loaded later finds the same copy.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'dist');

/** tsc writes imports at the start of a line; a `require` inside a function is meant to be late. */
const EAGER = /^(?:(?:const|var|let) [^\n]*?= |__exportStar\()?(?:__import\w+\()?require\("(\.[^"]+)"\)/gm;

/** Half of the text, which a worker would have to read past. */
const WITHOUT_COMMENTS = {
  allowJs: true,
  module: typescript.ModuleKind.CommonJS,
  removeComments: true,
  target: typescript.ScriptTarget.ES2022,
};

function pack(kind) {
  const entry = `workers/${kind}.js`;
  const packed = `workers/${kind}.packed.js`;
  const program = `workers/${kind}.modules.js`;
  const cache = `workers/${kind}.modules.cache`;

  const sources = new Map();
  const add = (file) => {
    if (sources.has(file)) return;
    const text = readFileSync(join(dist, file), 'utf8');
    sources.set(file, text);
    for (const [, name] of text.matchAll(EAGER)) {
      add(relative(dist, resolve(dist, dirname(file), name.endsWith('.js') ? name : `${name}.js`)));
    }
  };
  add(entry);

  const modules = [...sources].map(([file, text]) => {
    const { outputText: body } = typescript.transpileModule(text, { compilerOptions: WITHOUT_COMMENTS });
    return `${JSON.stringify(file)}: function (exports, require, module, __filename, __dirname) {${body}\n}`;
  });
  writeFileSync(join(dist, program), programOf(modules, entry));
  writeFileSync(join(dist, packed), packedOf([...sources.keys()], program, cache));

  // The compiled code of what a start runs, for the node that builds; another one compiles it anew.
  rmSync(join(dist, cache), { force: true });
  const env = { ...process.env, NODE_OPTIONS: '', MULTIPROCESSING_TS_COMPILE: '1' };
  const [args, stdio] = {
    process: [[join(dist, packed)], ['ignore', 'inherit', 'inherit', 'pipe', 'ignore', 'ignore', 'pipe']],
    thread: [
      ['-e', startThread(join(dist, packed))],
      ['ignore', 'inherit', 'inherit'],
    ],
  }[kind];
  spawnSync(process.execPath, args, { stdio, env });
}

/** A program that runs the thread as the package does: see lib/engine/popen_thread.ts. */
function startThread(file) {
  const { ThreadMemory } = createRequire(import.meta.url)('../dist/lib/wire/thread_memory.js');
  const bytes = new ThreadMemory().buffer.byteLength;
  return `const { MessageChannel, Worker } = require('node:worker_threads');
  const { port2: port } = new MessageChannel();
  new Worker(${JSON.stringify(file)}, {
    workerData: { port, memory: new SharedArrayBuffer(${bytes}), counters: new SharedArrayBuffer(8), family: null },
    transferList: [port],
  })`;
}

const programOf = (modules, entry) => `(function (require, module, root) {
'use strict';
const { Module, createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const modules = {
${modules.join(',\n')}
};
function load(name) {
  const file = join(root, name);
  const known = require.cache[file];
  if (known !== undefined) return known.exports;
  const made = new Module(file, module);
  made.filename = file;
  made.paths = module.paths;
  require.cache[file] = made;
  const folder = dirname(file);
  let own = null;
  const requireFrom = (request) => {
    if (request[0] !== '.') return require(request);
    const target = join(folder, request.endsWith('.js') ? request : request + '.js');
    const packed = target.slice(root.length + 1);
    return packed in modules ? load(packed) : (own ??= createRequire(file))(request);
  };
  modules[name].call(made.exports, made.exports, requireFrom, made, file, folder);
  made.loaded = true;
  return made.exports;
}
load(${JSON.stringify(entry)});
})
`;

const packedOf = (files, program, cache) => `//${JSON.stringify(files)}
'use strict';
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');
const filename = join(__dirname, ${JSON.stringify(basename(program))});
const cache = join(__dirname, ${JSON.stringify(basename(cache))});
let cachedData;
try {
  cachedData = readFileSync(cache);
} catch {}
const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData });
script.runInThisContext()(require, module, dirname(__dirname));
if (process.env.MULTIPROCESSING_TS_COMPILE === '1') {
  require('node:fs').writeFileSync(cache, script.createCachedData());
  process.exit();
}
`;

pack('process');
pack('thread');
