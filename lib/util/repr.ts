/** How Python writes values: for messages that are Python's, and for `print`. */

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
// eslint-disable-next-line no-control-regex -- these are what has to be escaped
const IN_TEXT = /[\\\x00-\x1f\x7f-\x9f]/g;
// eslint-disable-next-line no-control-regex -- these are what has to be escaped
const IN_BYTES = /[\\\x00-\x1f\x7f-\xff]/g;

/** How the objects of a class are written, and what Python calls their type. */
export interface Written<T> {
  readonly type: string;
  /** What stands for it in itself. */
  readonly again?: string;
  /** @param write - writes a value that is in it. */
  readonly repr: (value: T, write: (part: unknown) => string) => string;
}

const written = new WeakMap<object, Written<never>>();

/** Classes that stand for a type of Python say how they are written; those that extend them have to say so too. */
export function writeAs<T extends object>(
  Class: abstract new (...args: never[]) => T,
  how: Written<T>,
): void {
  written.set(Class.prototype as object, how);
}

const howToWrite = (value: object): Written<object> | undefined => {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null ? undefined : (written.get(prototype) as Written<object> | undefined);
};

/**
 * What Python's `type(value).__name__` would be: `int`, `str`, `NoneType`, `list` … A class instance has the name of
 * its class.
 */
export function type_name(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'undefined':
      return 'NoneType';
    case 'function':
      return isClass(value) ? 'type' : 'function';
    case 'symbol':
      return 'symbol';
    default:
      break;
  }
  if (value === null) return 'NoneType';
  const how = howToWrite(value as object);
  if (how !== undefined) return how.type;
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'dict';
  if (value instanceof Set) return 'set';
  if (value instanceof Uint8Array) return 'bytes';
  const name = className(value as object);
  return name === null || name === 'Object' ? 'dict' : name;
}

/** `repr(value)`: strings in quotes, `None`, `True`, lists, dicts and sets in Python's spelling. */
export function repr(value: unknown): string {
  return write(value, []);
}

/** `str(value)`: as {@link repr}, but a string is itself and an error is its message. */
export function str(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  return repr(value);
}

function write(value: unknown, open: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      return number(value);
    case 'bigint':
    case 'symbol':
      return String(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'undefined':
      return 'None';
    case 'function':
      return isClass(value) ? `<class '${value.name}'>` : `<function ${value.name || '<lambda>'}>`;
    default:
      return value === null ? 'None' : object(value as object, open);
  }
}

function object(value: object, open: readonly object[]): string {
  const how = howToWrite(value);
  if (open.includes(value)) return how?.again ?? (Array.isArray(value) ? '[...]' : '{...}');
  const inner = [...open, value];
  if (how !== undefined) return how.repr(value, (part) => write(part, inner));
  const list = (values: Iterable<unknown>) => Array.from(values, (each) => write(each, inner)).join(', ');
  const dict = (entries: Iterable<[unknown, unknown]>) =>
    `{${Array.from(entries, ([key, each]) => `${write(key, inner)}: ${write(each, inner)}`).join(', ')}}`;

  if (Array.isArray(value)) return `[${list(value)}]`;
  if (value instanceof Map) return dict(value);
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${list(value)}}`;
  if (value instanceof Uint8Array) return `b${quote(Buffer.from(value).toString('latin1'), IN_BYTES)}`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `array([${list(value as unknown as Iterable<unknown>)}])`;
  }
  if (value instanceof Error) {
    return `${value.name}(${value.message === '' ? '' : quote(value.message)})`;
  }
  const name = className(value);
  if (name === null || name === 'Object') return dict(Object.entries(value));
  const own = (value as { toString?: unknown }).toString;
  // A class that says how it is written is written so; the others as Python writes an object.
  if (typeof own === 'function' && own !== Object.prototype.toString) return String(own.call(value));
  return `<${name} object>`;
}

/** Python prefers single quotes, unless the text has some and no double ones. */
function quote(text: string, special = IN_TEXT): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(
    special,
    (char) => ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  // 1e-7 is 1e-07 there.
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `repr` of a Python float, which always shows that it is no integer. */
export function float_repr(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e16 && size !== Infinity) return value.toExponential();
  if (Object.is(value, -0)) return '-0.0';
  if (Number.isInteger(value)) return value.toFixed(1);
  if (size < 1e-4) return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
  return repr(value);
}

function className(value: object): string | null {
  const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  if (prototype === null) return null;
  const { constructor } = prototype;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'object';
}

function isClass(value: object): boolean {
  // The prototype of a class cannot be replaced; that of a function can, and an arrow has none.
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
}
