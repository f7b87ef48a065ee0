'use strict';

/**
 * The import rule, bottom to top:
 *
 *   ground < reduction, wire, native, pickle < engine < rooms < facade
 *
 * A file imports its own layer or a lower one. `reduction` and `wire` are strangers: what travels does not
 * know how, and what carries does not know what. Rooms are handed what they need, so none imports `context`.
 */
const ground = '^lib/(errors\\.ts|util/|util\\.ts)';
const reduction = '^lib/reduction/';
const wire = '^lib/wire/';
const native = '^lib/native/';
const pickle = '^lib/pickle/';
const engine = '^lib/engine/';
const facade = '^lib/((sync/)?(index|context)\\.ts|esm\\.mts)$';

const own = (layer, ...lower) => ({ path: '^(lib|workers)/', pathNot: [layer, ...lower] });

module.exports = {
  forbidden: [
    {
      name: 'ground-imports-only-ground',
      severity: 'error',
      from: { path: ground },
      to: own(ground),
    },
    {
      name: 'reduction-imports-only-ground',
      severity: 'error',
      from: { path: reduction },
      to: own(reduction, ground),
    },
    {
      name: 'wire-imports-ground-and-native',
      comment:
        'It carries an encoded value without looking inside: types of reduction are all it may name. What two processes ' +
        'know of each other may lie in the memory they share.',
      severity: 'error',
      from: { path: wire },
      to: { ...own(wire, native, ground), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'native-imports-only-ground',
      severity: 'error',
      from: { path: native },
      to: own(native, ground),
    },
    {
      name: 'pickle-imports-only-ground',
      comment: 'It knows Python, and nothing of who talks to it: the rooms hand it their classes.',
      severity: 'error',
      from: { path: pickle },
      to: own(pickle, ground),
    },
    {
      name: 'engine-imports-lower-layers',
      severity: 'error',
      from: { path: engine },
      to: own(engine, reduction, wire, native, ground),
    },
    {
      name: 'workers-import-ground-wire-reduction',
      comment: 'A worker starts fast because it imports almost nothing.',
      severity: 'error',
      from: { path: '^workers/' },
      to: { path: '^lib/', pathNot: [ground, wire, reduction] },
    },
    {
      name: 'lib-never-imports-workers',
      comment: 'Workers are started by path, not imported.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^workers/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'rooms-never-import-the-facade',
      severity: 'error',
      from: { path: '^lib/', pathNot: [facade] },
      to: { path: facade },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^(lib|workers)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: ['/@types/'] },
    },
    {
      name: 'no-orphans',
      severity: 'warn',
      from: {
        orphan: true,
        path: '^lib/',
        pathNot: ['^lib/(sync/)?(index|esm)', '\\.d\\.ts$', '/index\\.ts$'],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'import', 'default', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
};
