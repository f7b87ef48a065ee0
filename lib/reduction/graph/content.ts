import { types } from 'node:util';
import { Flag, isObject, Make, primitive, Tag, type Form } from './forms';
import { isDefaultPrototype, isOrdinary } from './kinds';
import { propertyLabel } from './trail';

/**
 * The parts of an object as forms, the same for objects that live in the heap
 * and for those that one message carries. Getters are described, never called.
 */
export interface Sink {
  /** The form of a part. */
  form(value: unknown, label: string): Form;
}

/** What the object is made as. */
export function makeOf(value: object): Form[] {
  if (Array.isArray(value)) return [Make.Array];
  if (types.isMap(value)) return [Make.Map];
  if (types.isSet(value)) return [Make.Set];
  if (types.isDate(value)) return [Make.Date];
  if (types.isRegExp(value)) return [Make.RegExp, value.source, value.flags];
  if (types.isNativeError(value)) return [Make.Error];
  if (types.isArgumentsObject(value)) return [Make.Arguments];
  if (types.isWeakMap(value)) return [Make.WeakMap];
  if (types.isWeakSet(value)) return [Make.WeakSet];
  if (types.isBoxedPrimitive(value)) {
    const inner = primitive(unboxed(value));
    if (inner !== undefined) return [Make.Boxed, inner];
  }
  return [Make.Object];
}

/** What is in the box, whatever its own `valueOf` says. */
function unboxed(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  return types.isBigIntObject(value) ? BigInt.prototype.valueOf.call(value) : value;
}

const isIndex = (key: PropertyKey): boolean => typeof key === 'string' && /^(?:0|[1-9]\d{0,9})$/.test(key);

/** `[body, prototype, pairs, specials, extensibility]`; 0 where there is nothing to say. */
export function contentOf(value: object, sink: Sink): Form {
  const proto = Object.getPrototypeOf(value) as object | null;
  const isList = Array.isArray(value) || types.isArgumentsObject(value);
  const protoForm =
    isDefaultPrototype(proto) && makesDefault(value, proto) ? 0 : sink.form(proto, '[[Prototype]]');
  const pairs: Form[] = [];
  const specials: Form[] = [];
  const body = bodyOf(value, sink);
  const isError = types.isNativeError(value);
  for (const key of Reflect.ownKeys(value)) {
    if (isList && (isIndex(key) || key === 'length')) continue;
    if (key === 'lastIndex' && types.isRegExp(value)) continue;
    if (types.isStringObject(value) && (isIndex(key) || key === 'length')) continue;
    const property = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
    if (isError && key === 'stack') {
      specials.push([key, Flag.Configurable | Flag.Writable, stackOf(value)]);
    } else if (typeof key === 'string' && 'value' in property && isOrdinary(property)) {
      pairs.push(key, sink.form(property.value, propertyLabel(key)));
    } else specials.push(propertyForm(key, property, sink));
  }
  return [
    body,
    protoForm,
    pairs.length > 0 ? pairs : 0,
    specials.length > 0 ? specials : 0,
    extensibility(value),
  ];
}

/** A null prototype or another kind's is no default. */
function makesDefault(value: object, proto: object | null): boolean {
  const [make] = makeOf(value) as [string];
  const name = DEFAULT_NAMES[make];
  if (proto === null || name === undefined) return false;
  const constructor: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
  return typeof constructor === 'function' && constructor.name === name;
}

const DEFAULT_NAMES: Record<string, string> = {
  [Make.Object]: 'Object',
  [Make.Arguments]: 'Object',
  [Make.Array]: 'Array',
  [Make.Map]: 'Map',
  [Make.Set]: 'Set',
  [Make.Date]: 'Date',
  [Make.RegExp]: 'RegExp',
  [Make.WeakMap]: 'WeakMap',
  [Make.WeakSet]: 'WeakSet',
};

function stackOf(error: Error): Form {
  const { stack } = error;
  return typeof stack === 'string' ? stack : String(stack);
}

function bodyOf(value: object, sink: Sink): Form {
  if (Array.isArray(value) || types.isArgumentsObject(value))
    return elements(value as unknown as unknown[], sink);
  if (types.isMap(value)) {
    const entries: Form[] = [];
    for (const [key, item] of value)
      entries.push(sink.form(key, '<key>'), sink.form(item, `.get(${keyLabel(key)})`));
    return entries;
  }
  if (types.isSet(value)) return [...value].map((item, i) => sink.form(item, `<item ${i}>`));
  if (types.isDate(value)) {
    const time = Date.prototype.getTime.call(value);
    return Number.isNaN(time) ? null : time;
  }
  return types.isRegExp(value) ? value.lastIndex : 0;
}

function elements(list: readonly unknown[], sink: Sink): Form {
  const forms: Form[] = [];
  for (let i = 0; i < list.length; i++) {
    const property = Object.getOwnPropertyDescriptor(list, i);
    if (property === undefined) forms.push([Tag.Gone]);
    else if ('value' in property) forms.push(sink.form(property.value, `[${i}]`));
    else forms.push([Tag.Gone]);
  }
  return forms;
}

const keyLabel = (key: unknown): string =>
  typeof key === 'string' ? JSON.stringify(key) : isObject(key) ? '…' : String(key);

/** `[key, flags, value]` or `[key, flags, getter, setter]`. */
export function propertyForm(key: PropertyKey, property: PropertyDescriptor, sink: Sink): Form {
  const keyForm = sink.form(typeof key === 'number' ? String(key) : key, '<key>');
  const flags =
    (property.enumerable === true ? Flag.Enumerable : 0) |
    (property.configurable === true ? Flag.Configurable : 0) |
    (property.writable === true ? Flag.Writable : 0);
  const label = propertyLabel(key);
  if ('value' in property) return [keyForm, flags, sink.form(property.value, label)];
  return [keyForm, flags, sink.form(property.get, `get ${label}`), sink.form(property.set, `set ${label}`)];
}

function extensibility(value: object): number {
  if (Object.isExtensible(value)) return 0;
  if (Object.isFrozen(value)) return 3;
  return Object.isSealed(value) ? 2 : 1;
}
