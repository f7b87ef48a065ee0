import { Buffer } from 'node:buffer';
import { UnpicklingError } from '../errors';
import { ARRAY_GLOBALS } from './array_globals';
import { DATE_GLOBALS } from './date_globals';
import type { Exceptions } from './exceptions';
import { distinctItems } from './keys';
import type { Allowed, Rebuilder } from './types';
import { ByteArray, FrozenSet, Global } from './values';

/** What Python 3 calls the modules of Python 2, which protocols below 3 name. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['exceptions', 'builtins'],
  ['copy_reg', 'copyreg'],
  ['Queue', 'queue'],
]);

/** The only things that a pickle can name. Reading calls none of them by itself but what is listed here. */
export class Globals {
  readonly #known = new Map<string, Global>();
  readonly #rebuilders = new Map<Global, Rebuilder>();

  constructor(exceptions: Exceptions, allowed: Allowed = new Map()) {
    this.#add('builtins object', null);
    for (const [name, make] of [...BUILTINS, ...DATE_GLOBALS, ...ARRAY_GLOBALS]) this.#add(name, { make });
    // Objects of Python before protocol 2 name the class beside them.
    this.#add('copyreg __newobj__', { make: ([of, ...args]) => this.call(of, args, null) });
    this.#add('copyreg _reconstructor', { make: (args) => this.#reconstruct(args) });
    for (const [name, rebuilder] of exceptions.rebuilders) this.#add(name, rebuilder);
    for (const [name, rebuilder] of allowed) {
      this.#add(name, typeof rebuilder === 'function' ? { make: rebuilder } : rebuilder);
    }
  }

  #add(name: string, rebuilder: Rebuilder | null): void {
    const space = name.indexOf(' ');
    const global = new Global(name.slice(0, space), name.slice(space + 1));
    this.#known.set(name, global);
    if (rebuilder !== null) this.#rebuilders.set(global, rebuilder);
  }

  /** @throws UnpicklingError for what is not on the list. */
  find(module: string, name: string, protocol: number): Global {
    const today = protocol < 3 ? (MODULES.get(module) ?? module) : module;
    const found = this.#known.get(`${today} ${name}`);
    if (found !== undefined) return found;
    throw new UnpicklingError(`global '${today.slice(0, 200)}.${name.slice(0, 200)}' is forbidden`);
  }

  rebuilder(global: unknown): Rebuilder {
    if (!(global instanceof Global)) throw new UnpicklingError('what is called is no class and no function');
    const found = this.#rebuilders.get(global);
    if (found === undefined) throw new UnpicklingError(`global '${String(global)}' is not to be called`);
    return found;
  }

  call(global: unknown, args: readonly unknown[], kwds: ReadonlyMap<unknown, unknown> | null): unknown {
    return this.rebuilder(global).make(args, kwds);
  }

  /** `_reconstructor(class, object, None)`, of classes on nothing but `object`. */
  #reconstruct([of, base, state]: readonly unknown[]): unknown {
    if (base instanceof Global && String(base) === 'builtins.object' && state === null) {
      return this.call(of, [], null);
    }
    throw new UnpicklingError('an object of a class on a builtin one cannot be rebuilt');
  }
}

/** The one thing that a container may be made of: what is in another one already. */
function items(args: readonly unknown[]): Iterable<unknown> {
  const [of = []] = args;
  if (args.length <= 1 && (Array.isArray(of) || of instanceof Set)) return of as Iterable<unknown>;
  throw new UnpicklingError('a container is made of a list');
}

function bytes(args: readonly unknown[]): Uint8Array {
  const [of, encoding] = args;
  if (args.length === 0) return Buffer.alloc(0);
  if (args.length === 1 && of instanceof Uint8Array) return of;
  if (args.length === 2 && typeof of === 'string' && /^latin-?1$/.test(String(encoding))) {
    for (let i = 0; i < of.length; i++) {
      if (of.charCodeAt(i) > 0xff) throw new UnpicklingError('bytes are made of characters below 256');
    }
    return Buffer.from(of, 'latin1');
  }
  // Of an integer Python would make that many bytes, out of nothing.
  throw new UnpicklingError('bytes are made of bytes');
}

const distinct = (args: readonly unknown[]): Set<unknown> => distinctItems(Array.from(items(args)));

const BUILTINS: ReadonlyMap<string, Rebuilder['make']> = new Map<string, Rebuilder['make']>([
  ['builtins list', (args) => Array.from(items(args))],
  ['builtins set', (args) => distinct(args)],
  ['builtins frozenset', (args) => new FrozenSet(distinct(args))],
  ['builtins bytes', bytes],
  ['builtins bytearray', (args) => new ByteArray(bytes(args))],
  // How protocols below 3 write bytes.
  ['_codecs encode', bytes],
  [
    'collections OrderedDict',
    (args) => {
      if (args.length > 0) throw new UnpicklingError('an OrderedDict is made empty');
      return new Map();
    },
  ],
]);
