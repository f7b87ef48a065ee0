// Packs the modules that a worker loads at its start into one file: finding and reading a dozen small files
// costs a worker a quarter of its whole start. Each module keeps its own file name in `require.cache`, so
// whatever is loaded later finds the same copy.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const ENTRY = 'workers/process.js';
const PACKED = 'workers/process.packed.js';

/** tsc writes imports at the start of a line; a `require` inside a function is meant to be late. */
const EAGER = /^(?:(?:const|var|let) [^\n]*?= |__exportStar\()?(?:__import\w+\()?require\("(\.[^"]+)"\)/gm;

const sources = new Map();
function add(file) {
  if (sources.has(file)) return;
  const text = readFileSync(join(dist, file), 'utf8');
  sources.set(file, text);
  for (const [, name] of text.matchAll(EAGER)) {
    add(relative(dist, resolve(dist, dirname(file), name.endsWith('.js') ? name : `${name}.js`)));
  }
}
add(ENTRY);

const modules = [...sources].map(([file, text]) => {
  const body = text.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return `${JSON.stringify(file)}: function (exports, require, module, __filename, __dirname) {${body}\n}`;
});

writeFileSync(
  join(dist, PACKED),
  `//${JSON.stringify([...sources.keys()])}
'use strict';
const { Module, createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const root = join(__dirname, '..');
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
load(${JSON.stringify(ENTRY)});
`,
);
