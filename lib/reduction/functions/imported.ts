import { existsSync, realpathSync } from 'node:fs';
import { dirname, extname, resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mainRealm } from '../../util/realm';
import { Define, Tag, type Form } from '../graph/forms';
import { newEntity, type Entity } from '../graph/heap';
import type { Walk } from '../graph/walk';
import { scriptsByUrlNow } from './scripts';
import { isPackageFile } from './exports';
import { pathForms } from './intrinsics';

/**
 * What cannot be copied but can be imported is imported: an export of one of
 * the user's modules that holds a connection, a logger, private state. The
 * worker runs that module; where node cannot load the file itself, from what
 * the parent's loader made of it.
 */

/** Node loads these by itself. */
const NATIVE = new Set(['.js', '.cjs', '.mjs', '.json', '.node']);

/** The form of an export that workers load; `null` if its file must not or cannot be loaded there. */
export function importForm(walk: Walk, file: string, path: readonly string[]): Form | null {
  if (isMain(file) || isPackageFile(file) || !existsSync(file)) return null;
  if (!NATIVE.has(extname(file)) && !addSources(walk, file)) return null;
  return [Tag.File, file, ...pathForms(path)];
}

/** The program itself: running it in a worker would start it again. */
function isMain(file: string): boolean {
  const main = mainRealm.process.argv[1];
  if (require.main?.filename === file) return true;
  if (main === undefined) return false;
  try {
    return realpathSync(main) === realpathSync(file);
  } catch {
    return false;
  }
}

/** Registers what a worker needs to load a file that is no JavaScript, and what that loads in turn. */
export function addSources(walk: Walk, file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return true;
  seen.add(file);
  const source = sourceOfFile(file);
  if (source === null) return false;
  if (!NATIVE.has(extname(file))) walk.entities.add(sourceEntity(file, source));
  for (const [, specifier] of source.matchAll(/\brequire\(\s*["'](\.{1,2}\/[^"']+)["']\s*\)/g)) {
    const found = fileBehind(resolvePath(dirname(file), specifier as string));
    if (found !== null && extname(found) !== '.json') addSources(walk, found, seen);
  }
  return true;
}

const entities = new Map<string, Entity>();

function sourceEntity(file: string, source: string): Entity {
  let entity = entities.get(file);
  if (entity === undefined) {
    // Held by the map: a module's source is sent once and never released.
    entity = newEntity({ file });
    entity.definition = JSON.stringify([Define.Source, entity.uid, file, source]);
    entity.keeper = entities;
    entities.set(file, entity);
  }
  return entity;
}

/** CommonJS that the parent's loader made of the file. */
function sourceOfFile(file: string): string | null {
  const script = scriptsByUrlNow(pathToFileURL(file).href)[0] ?? scriptsByUrlNow(file)[0];
  if (script === undefined || script.isModule) return null;
  // Jest wraps modules itself.
  const jest = /^\(\{"Object\.<anonymous>":function\([^)]*\)\{([^]*)\n?\}\}\);?\s*$/.exec(script.source);
  return jest?.[1] ?? script.source;
}

const ENDINGS = ['', '.ts', '.tsx', '.cts', '.mts', '.js', '.cjs', '.json', '/index.ts', '/index.js'];

function fileBehind(path: string): string | null {
  const candidates = ENDINGS.map((ending) => path + ending);
  if (/\.[cm]?js$/.test(path)) candidates.push(path.replace(/js$/, 'ts'));
  return candidates.find((candidate) => extname(candidate) !== '' && existsSync(candidate)) ?? null;
}
