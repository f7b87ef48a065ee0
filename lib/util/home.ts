import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RuntimeError } from './exceptions';

const BUNDLED =
  'multiprocessing-ts cannot be part of a bundle, as its workers load its files: ' +
  "keep it outside (esbuild: external: ['multiprocessing-ts']; webpack, rollup: externals: [/^multiprocessing-ts(\\/|$)/]) " +
  'and have it in node_modules';

/** The folder of `lib` and `workers`. An ES module that a bundler made has no `__dirname`. */
export const HOME = typeof __dirname === 'undefined' ? cannotBeBundled() : join(__dirname, '..', '..');

/** Are the files of this package where they belong? Else they are one file, that a bundler made. */
export const isBundled = (): boolean => !existsSync(join(HOME, 'workers', 'process.js'));

/** @throws RuntimeError - says what to do instead. */
export function cannotBeBundled(): never {
  throw new RuntimeError(BUNDLED);
}
