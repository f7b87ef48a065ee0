import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cannotBeBundled, HOME, isBundled } from '../util/home';

/** {@link file://./../../workers/process.ts} {@link file://./../../workers/thread.ts} */
export type WorkerKind = 'process' | 'thread';

const entries = new Map<WorkerKind, string>();

/**
 * The program of a worker.
 *
 * @throws RuntimeError - if a bundler has left it behind.
 */
export function workerEntry(kind: WorkerKind): string {
  let entry = entries.get(kind);
  if (entry === undefined) {
    if (isBundled()) cannotBeBundled();
    // Made of the entry and what it imports by scripts/pack_worker.mjs.
    const packed = join(HOME, 'workers', `${kind}.packed.js`);
    entry = isFresh(packed) ? packed : join(HOME, 'workers', `${kind}.js`);
    entries.set(kind, entry);
  }
  return entry;
}

/** Is the packed program there, and not older than what it was made of? */
function isFresh(file: string): boolean {
  try {
    const packed = statSync(file).mtimeMs;
    const text = readFileSync(file, 'utf8');
    const files = JSON.parse(text.slice(2, text.indexOf('\n'))) as string[];
    return files.every((each) => statSync(join(HOME, each)).mtimeMs <= packed);
  } catch {
    return false;
  }
}
