import { copyFileSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { program } from './processes';

const root = resolve(__dirname, '../..');

/** The package in `node_modules` of a directory, with so many of its dependencies, and the program beside it. */
export function installed(directory: string, dependencies: readonly string[], name = 'shared.mjs'): string {
  const modules = join(directory, 'node_modules');
  const inside = join(modules, 'multiprocessing-ts');
  mkdirSync(inside, { recursive: true });
  cpSync(join(root, 'dist'), join(inside, 'dist'), { recursive: true });
  copyFileSync(join(root, 'package.json'), join(inside, 'package.json'));
  for (const each of ['acorn', 'serialize-javascript', ...dependencies]) {
    symlinkSync(resolve(root, 'node_modules', each), join(modules, each));
  }
  const script = join(directory, name);
  copyFileSync(program(name), script);
  return script;
}
