import { Hidden, type Form } from '../graph/forms';

/**
 * Scopes and functions, rebuilt in the process they were sent to. Code is
 * compiled by a direct `eval` in strict code inside a real function scope: V8
 * then binds names to slots once, and it runs as fast as code loaded from a
 * file; in sloppy code each access would be a lookup, 3 to 70 times slower.
 */

type Evaluate = (code: string) => unknown;

export class RebuiltScope {
  readonly names: readonly string[];
  readonly strict: Evaluate;
  readonly sloppy: Evaluate;
  /** With the `this` and `arguments` that an arrow function captured. */
  readonly strictAs: (self: unknown, args: readonly unknown[]) => Evaluate;
  readonly sloppyAs: (self: unknown, args: readonly unknown[]) => Evaluate;
  readonly set: (name: string, value: unknown) => void;
  /** Variables that were ever given a value. */
  readonly given = new Set<string>();

  constructor(parent: RebuiltScope | null, names: readonly string[]) {
    const evaluate = parent?.sloppy ?? (new Function('return eval(arguments[0])') as Evaluate);
    this.names = names.filter((name) => name !== 'arguments' && IDENTIFIER.test(name));
    const parts = evaluate(scopeCode(this.names)) as [
      Evaluate,
      Evaluate,
      As,
      As,
      (name: string, value: unknown) => void,
    ];
    [this.strict, this.sloppy, this.strictAs, this.sloppyAs] = parts;
    const [, , , , assign] = parts;
    this.set = (name, value) => {
      this.given.add(name);
      assign(name, value);
    };
  }
}

type As = (self: unknown, args: readonly unknown[]) => Evaluate;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** A scope is one function: its variables, and ways to compile code that sees them. */
function scopeCode(names: readonly string[]): string {
  const cases = names.map((name) => `case ${JSON.stringify(name)}:${name}=$__mp_value;break;`).join('');
  return `(function(){${names.length > 0 ? `var ${names.join()};` : ''}return [
function(){'use strict';return eval(arguments[0])},
function(){return eval(arguments[0])},
function(){return (function(){'use strict';return $__mp_code=>eval($__mp_code)}).apply(arguments[0],arguments[1])},
function(){return (function(){return $__mp_code=>eval($__mp_code)}).apply(arguments[0],arguments[1])},
function($__mp_name,$__mp_value){switch($__mp_name){${cases}}}
]})()`;
}

/** What define.ts wrote. */
export interface FunctionDefinition {
  readonly text: string;
  readonly shape: 'e' | 'm' | 'p';
  readonly scope: number;
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly url: string;
  readonly sloppy?: boolean;
  readonly meta?: boolean;
  readonly imports?: boolean;
  readonly heritage?: boolean;
  readonly live?: readonly (readonly [name: string, module: string, variable: string])[];
  readonly proto?: Form;
  readonly self?: Form;
  readonly args?: Form;
  readonly home?: Form;
}

/** The values that a definition refers to. */
export interface Anchors {
  readonly proto?: unknown;
  readonly self?: unknown;
  readonly args?: readonly unknown[];
  readonly home?: unknown;
  readonly live?: object;
}

const WRAPPERS = {
  e: ['(', ')'],
  m: ['({', '})'],
  // A private method is called by the class's own code only; elsewhere it goes by another name.
  p: ['({', '})'],
} as const;

export function compile(definition: FunctionDefinition, scope: RebuiltScope, anchors: Anchors): Function {
  const { shape, url } = definition;
  const [open, close] = 'home' in anchors ? [`({__proto__:${Hidden.Home},`, '})'] : WRAPPERS[shape];
  const text = shape === 'p' ? definition.text.replace('#', '_') : definition.text;
  const place = '\n'.repeat(definition.line) + ' '.repeat(Math.max(0, definition.column - open.length));
  const code = `${place}${open}${text}${close}${url === '' ? '' : `\n//# sourceURL=${url}`}`;
  const isBound = 'self' in anchors || 'args' in anchors;
  const make = definition.sloppy === true ? scope.sloppyAs : scope.strictAs;
  const plain = definition.sloppy === true ? scope.sloppy : scope.strict;
  const evaluate = isBound ? make(anchors.self, anchors.args ?? []) : plain;
  const extras = extrasOf(definition, anchors);
  const names = Object.keys(extras);
  const made: unknown =
    names.length === 0
      ? evaluate(code)
      : (evaluate(`(${names.join()},$__mp_code)=>eval($__mp_code)`) as (...all: unknown[]) => unknown)(
          ...Object.values(extras),
          code,
        );
  const f = (shape === 'e' ? made : memberOf(made as object)) as Function;
  if (Object.getOwnPropertyDescriptor(f, 'name')?.value !== definition.name) {
    Object.defineProperty(f, 'name', { value: definition.name, configurable: true });
  }
  if (definition.heritage !== true && 'proto' in anchors) Object.setPrototypeOf(f, anchors.proto as object);
  return f;
}

function memberOf(holder: object): unknown {
  for (const key of Reflect.ownKeys(holder)) {
    const property = Object.getOwnPropertyDescriptor(holder, key);
    const member: unknown = property?.value ?? property?.get ?? property?.set;
    if (typeof member === 'function') return member;
  }
  return undefined;
}

function extrasOf(definition: FunctionDefinition, anchors: Anchors): Record<string, unknown> {
  const extras: Record<string, unknown> = {};
  if (definition.heritage === true) extras[Hidden.Super] = anchors.proto;
  if ('home' in anchors) extras[Hidden.Home] = anchors.home;
  if (anchors.live !== undefined) extras[Hidden.Live] = anchors.live;
  if (definition.meta === true || definition.imports === true) {
    const { importerOf, metaOf } = require('../graph/resolve') as typeof import('../graph/resolve');
    if (definition.meta === true) extras[Hidden.Meta] = metaOf(definition.url);
    if (definition.imports === true) extras[Hidden.Import] = importerOf(definition.url);
  }
  return extras;
}
