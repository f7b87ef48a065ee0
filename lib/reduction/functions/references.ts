import { types } from 'node:util';
import { isObject, Tag, type Form } from '../graph/forms';
import { isDefaultPrototype } from '../graph/kinds';
import { builtinMemberPath, builtinPath } from './builtin_modules';
import { exportOf, fileForm, isPackageFile } from './exports';
import { globalPath, pathForms } from './intrinsics';

/**
 * What travels by reference: the language, node's own modules, and the exports
 * of packages. The first question asked about every object, as in cloudpickle:
 * by value goes only what cannot be imported.
 */

/** The reference that a thing travels as; `null`: it goes by value. What this finds stays true. */
export function referenceTo(thing: object, isOfUser?: (thing: object) => boolean): Form | null {
  const known = found.get(thing);
  if (known !== undefined) return known;
  const form = search(thing, isOfUser);
  if (form !== null) found.set(thing, form);
  return form;
}

const found = new WeakMap<object, Form>();

function search(thing: object, isOfUser?: (thing: object) => boolean): Form | null {
  const path = globalPath(thing);
  if (path !== undefined) return [Tag.Global, ...pathForms(path)];
  // To know all members of node's modules costs 10 ms once: not for what is clearly none.
  const mayBeMember = isExotic(thing) && isOfUser?.(thing) !== true;
  const builtin = mayBeMember ? builtinMemberPath(thing) : builtinPath(thing);
  if (builtin !== undefined) return [Tag.Builtin, ...pathForms(builtin)];
  const exported = exportOf(thing);
  if (exported !== undefined && isPackageFile(exported.file)) return fileForm(Tag.File, exported);
  if (types.isModuleNamespaceObject(thing)) return namespaceOf(thing);
  return starOf(thing);
}

/** Only natives and objects with a prototype of their own can be parts of node; memory has one, and is none. */
function isExotic(thing: object): boolean {
  if (ArrayBuffer.isView(thing) || types.isAnyArrayBuffer(thing)) return false;
  if (typeof thing === 'function') return isNative(thing);
  const proto: unknown = Object.getPrototypeOf(thing);
  return !(proto === null || isDefaultPrototype(proto));
}

export const isNative = (f: Function): boolean =>
  /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(f));

function namespaceOf(namespace: object): Form | null {
  const main: unknown = 'default' in namespace ? namespace.default : undefined;
  const builtin = isObject(main) ? builtinPath(main) : undefined;
  return builtin === undefined ? null : [Tag.BuiltinNamespace, ...pathForms(builtin)];
}

/**
 * What `import * as x` becomes in CommonJS: an object with the members of
 * another one, and that one as `default`. Also `{ default: x }`.
 */
function starOf(thing: object): Form | null {
  if (typeof thing === 'function' || types.isProxy(thing)) return null;
  const main: unknown = Object.getOwnPropertyDescriptor(thing, 'default')?.value;
  if (!isObject(main)) return null;
  const isStar = Object.keys(thing).every(
    (key) => key === 'default' || key === 'module.exports' || key in main,
  );
  if (!isStar) return null;
  const isBare = Object.keys(thing).length === 1 && Object.keys(main).length > 0;
  const builtin = builtinPath(main);
  if (builtin !== undefined) return [Tag.BuiltinStar, isBare, ...pathForms(builtin)];
  const exported = exportOf(main);
  if (exported === undefined || exported.path.length > 0 || !isPackageFile(exported.file)) return null;
  const [, ...rest] = fileForm(Tag.FileStar, exported) as Form[];
  return [Tag.FileStar, isBare, ...rest];
}

/** The reference with one more step; `null` for a form that is none. */
export function extend(form: Form, key: string): Form | null {
  if (!Array.isArray(form)) return null;
  const parts = form as readonly Form[];
  const tag = parts[0];
  return tag === Tag.Global || tag === Tag.Builtin || tag === Tag.File ? [...parts, key] : null;
}
