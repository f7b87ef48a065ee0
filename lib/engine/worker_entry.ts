import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
/** {@link file://./../../workers/process.ts} */
const ENTRY = join(ROOT, 'workers', 'process.js');
/** Made of the entry and what it imports by {@link file://./../../scripts/pack_worker.mjs}. */
const PACKED = join(ROOT, 'workers', 'process.packed.js');

let entry: string | null = null;

/** The program of a worker process. */
export function workerEntry(): string {
  return (entry ??= isFresh() ? PACKED : ENTRY);
}

/** Is the packed program there, and not older than what it was made of? */
function isFresh(): boolean {
  try {
    const packed = statSync(PACKED).mtimeMs;
    const text = readFileSync(PACKED, 'utf8');
    const files = JSON.parse(text.slice(2, text.indexOf('\n'))) as string[];
    return files.every((file) => statSync(join(ROOT, file)).mtimeMs <= packed);
  } catch {
    return false;
  }
}
