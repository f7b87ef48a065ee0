// Packs the modules that a worker loads at its start into one file, for each kind of worker, and all modules of the
// library into another: finding, reading and compiling hundreds of small files costs a program twice as much as the
// start of node itself. Each module keeps its own file name in `require.cache`, so whatever is loaded later finds the same copy.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Compiled code names the file that it was compiled from, wherever it lies later: so these have names that are the same
 * everywhere. lib/reduction/functions/exports.ts knows them.
 */
const NAME = 'multiprocessing-ts/dist/';

const withoutComments = (text) =>
  typescript.transpileModule(text, { compilerOptions: WITHOUT_COMMENTS }).outputText;

const moduleOf = (file, body) =>
  `${JSON.stringify(file)}: function (exports, require, module, __filename, __dirname) {${body}\n}`;

/** Code that is no file's cannot `import()`. */
const imports = (text) => /[^.\w]import\(/.test(text.replace(/^\s*(\/\*|\*|\/\/).*$/gm, ''));

/** A text of one byte for each character takes half the memory. */
const ascii = (text) =>
  text.replace(/[^\0-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * All modules of the library. Who asks for one of its doors gets it from there, as the first line of each door says; under Jest and
 * others whose modules are not node's, and where `tsc` alone has written the doors anew, it is as it was.
 */
function packLibrary() {
  const folder = join(dist, 'packed');
  const modules = [];
  for (const each of readdirSync(join(dist, 'lib'), { recursive: true }).sort()) {
    if (!each.endsWith('.js')) continue;
    const file = join('lib', each).replaceAll('\\', '/');
    const text = readFileSync(join(dist, file), 'utf8');
    if (text.includes(PACKED)) throw new Error(`${file} is packed: it is to be compiled before`);
    if (!imports(text)) modules.push(moduleOf(file, ascii(text)));
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'modules.js'), `({\n${modules.join(',\n')}\n})\n`);
  writeFileSync(join(folder, 'index.js'), LIBRARY);
  const doors = doorsOf(JSON.parse(readFileSync(join(dist, '..', 'package.json'), 'utf8')).exports);
  for (const door of doors) {
    const text = readFileSync(join(dist, door), 'utf8');
    const up = '../'.repeat(door.split('/').length - 1);
    writeFileSync(
      join(dist, door),
      text.replace(STRICT, `${STRICT} if (require("${up}packed").${PACKED}(module)) return;`),
    );
  }
  const env = { ...process.env, NODE_OPTIONS: '' };
  // A door says no where there is no native code.
  const program = `const { compile } = require(${JSON.stringify(folder)});
  for (const door of ${JSON.stringify(doors.map((each) => join(dist, each)))}) try { require(door); } catch {}
  compile();`;
  spawnSync(process.execPath, ['-e', program], { stdio: 'inherit', env });
}

const STRICT = '"use strict";';
const PACKED = 'isFromPack';

/** The modules that users name. */
const doorsOf = (exports) => [
  ...new Set(
    Object.values(exports)
      .map((each) => each.require?.default ?? each.default)
      .filter((each) => each?.endsWith('.js'))
      .map((each) => relative('dist', each).replaceAll('\\', '/')),
  ),
];

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

  const modules = [...sources].map(([file, text]) => moduleOf(file, withoutComments(text)));
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
let library = null;
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
    if (packed in modules) return load(packed);
    // What comes later.
    library ??= require(join(root, 'packed'));
    return library.has(packed) ? library.load(packed) : (own ??= createRequire(file))(request);
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
const text = readFileSync(join(__dirname, ${JSON.stringify(basename(program))}), 'utf8');
const cache = join(__dirname, ${JSON.stringify(basename(cache))});
let cachedData;
try {
  cachedData = readFileSync(cache);
} catch {}
const script = new Script(text, { filename: ${JSON.stringify(NAME + program)}, cachedData });
script.runInThisContext()(require, module, dirname(__dirname));
if (process.env.MULTIPROCESSING_TS_COMPILE === '1') {
  require('node:fs').writeFileSync(cache, script.createCachedData());
  process.exit();
}
`;

const LIBRARY = `'use strict';
const { readFileSync } = require('node:fs');
const { Module, createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');
// Where there is no such name, in a bundle, nobody comes as far as that.
const root = () => dirname(__dirname);
const cache = () => join(__dirname, 'modules.cache');
let script;
let modules = null;
function open() {
  let cachedData;
  try {
    cachedData = readFileSync(cache());
  } catch {}
  script = new Script(readFileSync(join(__dirname, 'modules.js'), 'latin1'), { filename: ${JSON.stringify(NAME + 'packed/modules.js')}, cachedData });
  return script.runInThisContext();
}
const has = (name) => Object.hasOwn((modules ??= open()), name);
function load(name) {
  const file = join(root(), name);
  const known = require.cache[file];
  // What an ES module is about to import stands there without having begun: node knows how to load it.
  if (known !== undefined) return known.loaded || begun.has(known) ? known.exports : require(file);
  const made = new Module(file, module);
  made.filename = file;
  made.paths = module.paths;
  require.cache[file] = made;
  try {
    run(name, made);
    made.loaded = true;
  } finally {
    // As node does: who asks again is told again.
    if (!made.loaded) delete require.cache[file];
  }
  return made.exports;
}
const begun = new WeakSet();
function run(name, made) {
  begun.add(made);
  const { filename: file } = made;
  const folder = dirname(file);
  let own = null;
  const ownRequire = () => (own ??= createRequire(file));
  const requireFrom = (request) => {
    if (request[0] !== '.') return require(request);
    const target = join(folder, request).slice(root().length + 1).replaceAll('\\\\', '/');
    for (const name of target.endsWith('.js') ? [target] : [target + '.js', target + '/index.js']) {
      if (has(name)) return load(name);
    }
    return ownRequire()(request);
  };
  requireFrom.cache = require.cache;
  requireFrom.main = require.main;
  requireFrom.resolve = (...args) => ownRequire().resolve(...args);
  modules[name].call(made.exports, made.exports, requireFrom, made, file, folder);
}
module.exports = {
  has,
  load,
  ${PACKED}(door) {
    // Modules of Jest, of Vitest, and of loaders are their own.
    if (!(door instanceof Module) || require.cache?.[door.filename] !== door) return false;
    const name = door.filename.slice(root().length + 1).replaceAll('\\\\', '/');
    if (!has(name)) return false;
    run(name, door);
    return true;
  },
  compile() {
    require('node:fs').writeFileSync(cache(), script.createCachedData());
  },
};
`;

packLibrary();
pack('process');
pack('thread');
