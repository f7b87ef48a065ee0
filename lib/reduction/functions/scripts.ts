import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeDebugger, openDebugger } from './debugger';
import { connect, post } from './inspector';

/**
 * The scripts that V8 has compiled: where they are from, and what their source
 * is. A debugger would list them all, in 20 ms and more; a profiler names those
 * whose code has run, in 2, which is enough to send functions from plain files.
 */
export class Script {
  readonly id: string;
  readonly url: string;
  /** How long its source is, as far as that is known. */
  readonly length: number;
  #parsed: ParsedScript | null;
  #source: string | null = null;

  constructor(id: string, url: string, length: number, parsed: ParsedScript | null) {
    this.id = id;
    this.url = url;
    this.length = length;
    this.#parsed = parsed;
  }

  get isModule(): boolean {
    return this.#details.isModule === true;
  }

  get sourceMapURL(): string {
    return this.#details.sourceMapURL ?? '';
  }

  /** The JavaScript that V8 compiled: under a TypeScript loader, its output. */
  get source(): string {
    return (this.#source ??= this.#fromDisk() ?? this.#fromDebugger());
  }

  get #details(): ParsedScript {
    if (this.#parsed === null) {
      listAll();
      this.#parsed = parsedScripts.get(this.id) ?? { scriptId: this.id, url: this.url };
    }
    return this.#parsed;
  }

  /** What node loads as it is, is what is on disk, if that was not changed since. */
  #fromDisk(): string | null {
    if (!this.url.startsWith('file:') || !NATIVE.has(extname(this.url))) return null;
    try {
      const text = readFileSync(fileURLToPath(this.url), 'utf8');
      return text.length === this.length ? text : null;
    } catch {
      return null;
    }
  }

  #fromDebugger(): string {
    openDebugger();
    try {
      const answer = post('Debugger.getScriptSource', { scriptId: this.id }) as { scriptSource: string };
      return answer.scriptSource;
    } catch {
      return '';
    }
  }
}

interface ParsedScript {
  readonly scriptId: string;
  readonly url: string;
  readonly isModule?: boolean | undefined;
  readonly sourceMapURL?: string | undefined;
  readonly length?: number | undefined;
}

interface Covered {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly { readonly endOffset: number }[] }[];
}

const NATIVE = new Set(['.js', '.cjs', '.mjs']);

const scripts = new Map<string, Script>();
const parsedScripts = new Map<string, ParsedScript>();

/** Where a script came from; looks for new ones when it does not know it. */
export function scriptOf(id: string): Script {
  const known = scripts.get(id);
  if (known !== undefined) return known;
  listCovered();
  if (!scripts.has(id)) listAll();
  const found = scripts.get(id) ?? new Script(id, '', 0, null);
  scripts.set(id, found);
  return found;
}

function listCovered(): void {
  connect();
  const { result } = post('Profiler.getBestEffortCoverage') as { result: readonly Covered[] };
  for (const { scriptId, url, functions } of result) {
    if (scripts.has(scriptId) || url === '') continue;
    // The first function of a script is all of it.
    const length = functions[0]?.ranges[0]?.endOffset ?? 0;
    scripts.set(scriptId, new Script(scriptId, url, length, parsedScripts.get(scriptId) ?? null));
  }
}

function listAll(): void {
  // Enabling it is what tells of the scripts.
  closeDebugger();
  const session = connect();
  const remember = ({ params }: { params: ParsedScript }): void => {
    parsedScripts.set(params.scriptId, params);
    if (scripts.has(params.scriptId)) return;
    scripts.set(params.scriptId, new Script(params.scriptId, params.url, params.length ?? 0, params));
  };
  session.on('Debugger.scriptParsed', remember);
  try {
    openDebugger();
  } finally {
    session.removeListener('Debugger.scriptParsed', remember);
  }
}

/** Every script of a url that has been seen, the last one first. */
export function scriptsByUrl(url: string, withQuery = false): Script[] {
  const found = [...scripts.values()].filter(
    (script) => script.url === url || (withQuery && script.url.startsWith(`${url}?`)),
  );
  return found.reverse();
}

/** As {@link scriptsByUrl}, after looking again for new ones. */
export function scriptsByUrlNow(url: string): Script[] {
  const known = scriptsByUrl(url);
  if (known.length > 0) return known;
  listAll();
  return scriptsByUrl(url);
}
