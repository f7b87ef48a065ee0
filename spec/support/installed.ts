import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { program } from './processes';

const root = resolve(__dirname, '../..');

/** What a program needs that shares memory. */
export const NATIVE = ['koffi', '@koromix'];

/** The package as npm puts it into `modules`, a directory named `node_modules`, with so many of its dependencies. */
export function install(modules: string, dependencies: readonly string[] = []): void {
  const inside = join(modules, 'multiprocessing-ts');
  mkdirSync(inside, { recursive: true });
  // A packed worker must not be older than what it was made of.
  cpSync(join(root, 'dist'), join(inside, 'dist'), { recursive: true, preserveTimestamps: true });
  copyFileSync(join(root, 'package.json'), join(inside, 'package.json'));
  for (const each of ['acorn', 'serialize-javascript', ...dependencies]) {
    symlinkSync(resolve(root, 'node_modules', each), join(modules, each));
  }
}

/** The package in `node_modules` of a directory, with so many of its dependencies, and the program beside it. */
export function installed(directory: string, dependencies: readonly string[], name = 'shared.mjs'): string {
  install(join(directory, 'node_modules'), dependencies);
  const script = join(directory, name);
  copyFileSync(program(name), script);
  return script;
}

/**
 * The package installed once for all tests of a file. Jest takes what lies in no `node_modules` for the user's own,
 * and transforms each file of it.
 *
 * @returns where it is, for a link to it.
 */
export function installedOnce(dependencies: readonly string[] = []): () => string {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-spec-'));
    install(join(directory, 'node_modules'), dependencies);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return () => join(directory, 'node_modules', 'multiprocessing-ts');
}
