import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** {@link file://./../../workers/process.ts} {@link file://./../../workers/thread.ts} */
export type WorkerKind = 'process' | 'thread';

const entries = new Map<WorkerKind, string>();

/** The program of a worker. */
export function workerEntry(kind: WorkerKind): string {
  let entry = entries.get(kind);
  if (entry === undefined) {
    // Made of the entry and what it imports by scripts/pack_worker.mjs.
    const packed = join(ROOT, 'workers', `${kind}.packed.js`);
    entry = isFresh(packed) ? packed : join(ROOT, 'workers', `${kind}.js`);
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
    return files.every((each) => statSync(join(ROOT, each)).mtimeMs <= packed);
  } catch {
    return false;
  }
}
