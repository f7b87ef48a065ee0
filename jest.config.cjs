'use strict';

const { cpus } = require('node:os');

/** `MULTIPROCESSING_TS_REQUIRE_PYTHON=1` (CI): specs that need python3 fail where they would be skipped. */
const project = (name, timeout) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/spec/${name}/**/*.spec.ts`],
  testEnvironment: '<rootDir>/spec/support/environment.cjs',
  // Jest knows one timeout for all projects: ours is set by the environment.
  testEnvironmentOptions: { timeout },
  // tsconfig.json says isolatedModules: ts-jest only transpiles, `npm run check` looks at the types.
  transform: { '^.+\\.m?ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
  // TypeScript's `./x.js` is `./x.ts` on disk.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1'] },
  // dist holds the same files once more, under the same names.
  modulePathIgnorePatterns: ['<rootDir>/coverage/'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/'],
});

/** @type {import('jest').Config} */
module.exports = {
  // Most specs wait for processes of theirs: two cores have enough to do with two at a time.
  maxWorkers: Math.max(2, cpus().length - 1),
  globalSetup: '<rootDir>/spec/support/build.cjs',
  testSequencer: '<rootDir>/spec/support/sequencer.cjs',
  projects: [
    project('unit', 60_000),
    project('functions', 60_000),
    project('contract', 60_000),
    project('integration', 120_000),
  ],
  // Functions travel as source: what Babel adds to count lines would be free variables in a child.
  coverageProvider: 'v8',
  collectCoverageFrom: ['lib/**/*.ts', 'workers/**/*.ts', 'dist/**/*.js'],
};
