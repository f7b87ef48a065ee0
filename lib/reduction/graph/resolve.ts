import { createRequire } from 'node:module';
import { dirname, extname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UnpicklingError } from '../../errors';
import { Tag, type Form } from './forms';

/** References, looked up where they arrive. */

type Path = readonly (string | Form)[];

/** Prototypes no global name leads to; written by intrinsics.ts. */
const HIDDEN_INTRINSICS: Record<string, () => unknown> = {
  '@generator': () => Object.getPrototypeOf(function* () {}) as unknown,
  '@asyncGenerator': () => Object.getPrototypeOf(async function* () {}) as unknown,
  '@async': () => Object.getPrototypeOf(async function () {}) as unknown,
  '@arrayIterator': () => Object.getPrototypeOf([][Symbol.iterator]()) as unknown,
  '@typedArray': () => Object.getPrototypeOf(Int8Array) as unknown,
};

export function resolve(form: readonly Form[]): unknown {
  const [tag, ...path] = form as readonly [string, ...Form[]];
  switch (tag) {
    case Tag.Global: {
      const hidden = HIDDEN_INTRINSICS[path[0] as string];
      return hidden === undefined ? follow(globalThis, path) : follow(hidden(), path.slice(1));
    }
    case Tag.Builtin:
      return follow(builtin(path[0] as string), path.slice(1));
    case Tag.BuiltinNamespace:
      return builtin(path[0] as string);
    case Tag.BuiltinStar:
      return star(builtin(path[1] as string), path[0] === true);
    case Tag.File:
      return follow(load(path[0] as string), path.slice(1));
    case Tag.FileStar:
      return star(load(path[1] as string), path[0] === true);
    case Tag.ModuleVariable:
      return moduleVariable(path[0] as string, path[1] as string);
    case Tag.ImportFrom:
      return importerOf(path[0] as string);
    case Tag.MetaOf:
      return metaOf(path[0] as string);
    case Tag.NoCoverage:
      return () => NO_COVERAGE;
    default:
      throw new UnpicklingError(`unknown form '${tag}'`);
  }
}

function follow(start: unknown, path: Path): unknown {
  let at = start;
  for (let i = 0; i < path.length; i++) {
    const step = path[i] as Form;
    const accessor = path[i + 1];
    if (accessor === '@get' || accessor === '@set') {
      const property = Object.getOwnPropertyDescriptor(at, keyOf(step));
      at = accessor === '@get' ? property?.get : property?.set;
      i++;
    } else if (step === '@proto') at = Object.getPrototypeOf(at);
    else {
      const next: unknown = (at as Record<PropertyKey, unknown> | undefined)?.[keyOf(step)];
      if (next === undefined)
        throw new UnpicklingError(`there is no ${path.map(String).join('.')} in this process`);
      at = next;
    }
  }
  return at;
}

function keyOf(step: Form): PropertyKey {
  if (!Array.isArray(step)) return String(step);
  const [, name] = step as unknown as readonly [string, string];
  return name.startsWith('@@')
    ? ((Symbol as unknown as Record<string, symbol>)[name.slice(2).replace(/^Symbol\./, '')] as symbol)
    : Symbol.for(name);
}

const builtin = (name: string): unknown =>
  // Before Node 20.16 there is none.
  'getBuiltinModule' in process ? process.getBuiltinModule(name) : require(`node:${name}`);

const sources = new Map<string, string>();

/** CommonJS hooks of node, which its types do not show. */
interface Hooks {
  _extensions: Record<string, (module: { _compile(code: string, file: string): void }, file: string) => void>;
}

/** Lets this process load a file from what another one made of it. */
export function addSource(file: string, source: string): void {
  sources.set(file, source);
  const { _extensions: extensions } = require('node:module') as unknown as Hooks;
  const extension = extname(file);
  extensions[extension] ??= (module, path) => {
    const known = sources.get(path);
    if (known === undefined) throw new UnpicklingError(`${path} was not sent to this worker`);
    module._compile(known, path);
  };
}

function load(file: string): unknown {
  try {
    return require(file);
  } catch (error) {
    throw new UnpicklingError(`${file} cannot be loaded in this process: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** What TypeScript makes of `import * as x` and `import x`, live as there. */
function star(main: unknown, isBare: boolean): object {
  const wrapper: Record<string, unknown> = {};
  if (!isBare) {
    for (const key of Object.getOwnPropertyNames(main)) {
      if (key === 'default') continue;
      Object.defineProperty(wrapper, key, {
        enumerable: true,
        configurable: true,
        get: () => (main as Record<string, unknown>)[key],
      });
    }
  }
  wrapper.default = main;
  return wrapper;
}

export function requireOf(file: string | null): NodeJS.Require {
  return createRequire(file ?? join(process.cwd(), 'noop.js'));
}

const moduleObjects = new Map<string, object>();

function moduleVariable(name: string, file: string): unknown {
  switch (name) {
    case 'require':
      return requireOf(file);
    case '__filename':
      return file;
    case '__dirname':
      return dirname(file);
    default: {
      let module = moduleObjects.get(file);
      if (module === undefined) {
        module = {
          id: file,
          filename: file,
          path: dirname(file),
          exports: {},
          loaded: true,
          children: [],
          paths: [],
        };
        moduleObjects.set(file, module);
      }
      return module;
    }
  }
}

/** `import()` as the module of this url would do it. */
export function importerOf(
  url: string,
): (specifier: unknown, options?: ImportCallOptions) => Promise<unknown> {
  return async (specifier, options) =>
    import(resolveFrom(url, String(specifier)), options) as Promise<unknown>;
}

function resolveFrom(url: string, specifier: string): string {
  const base = url.startsWith('file:') ? url : pathToFileURL(join(process.cwd(), 'noop.js')).href;
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, base).href;
  if (/^[a-z]{2,}:/.test(specifier)) return specifier;
  try {
    const file = createRequire(fileURLToPath(base)).resolve(specifier);
    return isAbsolute(file) ? pathToFileURL(file).href : file;
  } catch {
    return specifier;
  }
}

export function metaOf(url: string): object {
  const file = url.startsWith('file:') ? fileURLToPath(url) : undefined;
  return {
    url,
    filename: file,
    dirname: file === undefined ? undefined : dirname(file),
    resolve: (specifier: string) => resolveFrom(url, specifier),
  };
}

const NOTHING: unknown = new Proxy({}, { get: () => 0, set: () => true });
const NOTHING_BELOW: unknown = new Proxy({}, { get: () => NOTHING, set: () => true });
const NO_COVERAGE = { s: NOTHING, f: NOTHING, b: NOTHING_BELOW, bT: NOTHING_BELOW };
