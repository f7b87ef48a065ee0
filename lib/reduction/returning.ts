import { types } from 'node:util';
import { referenceTo } from './functions/references';
import { builtinMemberPath } from './functions/builtin_modules';
import { expectNewModules, exportOfAnyPackage, fileForm } from './functions/exports';
import { globalPath, pathForms } from './functions/intrinsics';
import { Tag, type Form } from './graph/forms';
import { LocalGraph, type Border } from './graph/local';
import { hiddenClass, reduced } from './graph/reduced';
import { Hint, refuse, type Trail } from './graph/trail';
import { originOf, originOfSymbol, parentUid } from './origins';
import type { Passage } from './passage';
import type { Encoded } from './types';

/**
 * The way back. What came from the parent returns as its uid and is the
 * parent's own there; what was born here and has no name elsewhere is refused.
 * Loaded by a worker with the first result that is not plain data.
 */
export const resultBorder: Border = {
  symbol: symbolForm,
  outside(thing, trail) {
    const uid = parentUid(originOf(thing));
    if (typeof thing === 'function') {
      if (uid !== undefined) return [Tag.Entity, uid];
      return reference(thing) ?? refuseFunction(thing, trail);
    }
    return referenceTo(thing) ?? prototypeForm(thing, trail);
  },
  partsOf(thing) {
    return types.isProxy(thing) ? refuse('a Proxy cannot be returned', null) : null;
  },
  reduced,
  check: refuseHidden,
};

/** Declares a class a private member? By its text; nothing here parses. */
const PRIVATE_MEMBER = /[\s;{}]#[\p{ID_Start}$_]/u;
const ORDINARY = new Set(['EventEmitter', 'Event', 'EventTarget']);

/** @throws PicklingError for an instance whose state cannot be seen. */
function refuseHidden(thing: object, trail: Trail | null): void {
  const hidden = hiddenClass(thing);
  if (hidden !== null)
    refuse(`an instance of ${hidden} cannot be sent back`, trail, 'return the data that you need of it');
  let proto = Object.getPrototypeOf(thing) as object | null;
  for (
    ;
    proto !== null && globalPath(proto) === undefined;
    proto = Object.getPrototypeOf(proto) as object | null
  ) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
    if (typeof constructor !== 'function') continue;
    const builtin = builtinMemberPath(constructor);
    if (builtin !== undefined && !ORDINARY.has(constructor.name)) {
      refuse(
        `an instance of node's ${builtin.map(String).join('.')} cannot be sent back`,
        trail,
        'return the data that you need of it',
      );
    }
    if (builtin === undefined && PRIVATE_MEMBER.test(Function.prototype.toString.call(constructor))) {
      refuse(
        `an instance of class ${constructor.name} cannot be sent back, it has private members`,
        trail,
        Hint.Private,
      );
    }
  }
}

/** How the parent knows a function; `null`: not at all. */
export function referenceForm(f: Function): Form | null {
  const uid = parentUid(originOf(f));
  return uid === undefined ? reference(f) : [Tag.Entity, uid];
}

/** What any process can load: packages, node's own modules. */
function reference(thing: object): Form | null {
  const known = referenceTo(thing);
  if (known !== null) return known;
  const builtin = builtinMemberPath(thing);
  if (builtin !== undefined) return [Tag.Builtin, ...pathForms(builtin)];
  const exported = exportOfAnyPackage(thing);
  return exported === undefined ? null : fileForm(Tag.File, exported);
}

function refuseFunction(f: Function, trail: Trail | null): never {
  const name = typeof f.name === 'string' && f.name !== '' ? f.name : '<anonymous>';
  const kind = /^class\b/.test(Function.prototype.toString.call(f)) ? 'class' : 'function';
  return refuse(
    `${kind} '${name}' was made in the worker and cannot be sent back`,
    trail,
    'make it in the parent, or return data',
  );
}

function prototypeForm(thing: object, trail: Trail | null): Form | null {
  const constructor: unknown = Object.getOwnPropertyDescriptor(thing, 'constructor')?.value;
  if (typeof constructor !== 'function' || constructor.prototype !== thing) return null;
  const uid = parentUid(originOf(constructor));
  if (uid !== undefined) return [Tag.PrototypeOf, uid];
  if (globalPath(thing) !== undefined) return null;
  return reference(thing) ?? refuseFunction(constructor, trail);
}

function symbolForm(symbol: symbol): Form {
  const key = Symbol.keyFor(symbol);
  if (key !== undefined) return [Tag.Symbol, key];
  const origin = originOfSymbol(symbol);
  const uid = parentUid(origin);
  if (uid !== undefined) return [Tag.UniqueSymbol, uid, symbol.description ?? null];
  if (origin !== undefined) return [Tag.UniqueSymbol, origin.uid, symbol.description ?? null, origin.heap];
  const name = Object.getOwnPropertyNames(Symbol).find(
    (each) => Object.getOwnPropertyDescriptor(Symbol, each)?.value === symbol,
  );
  if (name !== undefined) return [Tag.Symbol, `@@${name}`];
  return refuse(`${String(symbol)} was made in the worker and cannot be sent back`, null);
}

/** The graph of a value that plain codecs cannot carry. @throws PicklingError */
export function encodeReturnedGraph(value: unknown, passage: Passage): Encoded {
  expectNewModules();
  const graph = new LocalGraph(resultBorder, passage);
  const root = graph.form(value, null);
  graph.run();
  return graph.encoded(root);
}
