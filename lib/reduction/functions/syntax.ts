import type { AnyNode, Expression, Function as FunctionNode, Options, Program, Property } from 'acorn';

/** Parsing, and the few questions about patterns and declarations that several rooms ask. */

export type { AnyNode, Expression };
export type FunctionLike = Extract<
  AnyNode,
  { type: 'FunctionExpression' | 'ArrowFunctionExpression' | 'FunctionDeclaration' }
>;
export type ClassLike = Extract<AnyNode, { type: 'ClassExpression' | 'ClassDeclaration' }>;

let loaded: typeof import('acorn') | null = null;
/** Loaded with the first function that is sent: 15 ms. */
const acorn = (): typeof import('acorn') => (loaded ??= require('acorn') as typeof import('acorn'));

const OPTIONS: Options = {
  ecmaVersion: 'latest',
  allowSuperOutsideMethod: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowHashBang: true,
  // A method may be printed away from the class that declares them.
  checkPrivateFields: false,
};

/** How the text of a function is turned into an expression. */
export const Shape = { Expression: 'e', Member: 'm', PrivateMember: 'p' } as const;
export type ShapeId = (typeof Shape)[keyof typeof Shape];

export interface Parsed {
  readonly shape: ShapeId;
  readonly node: Expression;
  readonly property: Property | null;
  /** What was put before the text. */
  readonly offset: number;
  readonly strict: boolean;
}

const PRIVATE_MEMBER = /^(async\s*)?(\*\s*)?(get\s|set\s)?\s*#/;

/** Parses what `Function.prototype.toString` gave. @throws SyntaxError */
export function parseFunction(text: string): Parsed {
  let first: unknown = null;
  for (const strict of [true, false]) {
    for (const shape of PRIVATE_MEMBER.test(text)
      ? [Shape.PrivateMember]
      : [Shape.Expression, Shape.Member]) {
      try {
        return parseAs(text, shape, strict);
      } catch (error) {
        first ??= error;
      }
    }
  }
  throw first;
}

function parseAs(text: string, shape: ShapeId, strict: boolean): Parsed {
  const mode = strict ? "'use strict';" : '';
  const [open, close] = { e: ['(', ')'], m: ['({', '})'], p: ['(class{', '})'] }[shape] as [string, string];
  const offset = mode.length + open.length;
  const program = acorn().parse(mode + open + text + close, { ...OPTIONS, sourceType: 'script' });
  const statement = program.body.at(-1);
  if (program.body.length !== (strict ? 2 : 1) || statement?.type !== 'ExpressionStatement') {
    throw new SyntaxError('not an expression');
  }
  const expression = statement.expression;
  if (shape === Shape.Expression) return { shape, node: expression, property: null, offset, strict };
  if (expression.type === 'ClassExpression') {
    const member = expression.body.body[0];
    if (member?.type !== 'MethodDefinition') throw new SyntaxError('not a method');
    return { shape, node: member.value, property: null, offset, strict };
  }
  const property = expression.type === 'ObjectExpression' ? expression.properties[0] : undefined;
  if (
    expression.type !== 'ObjectExpression' ||
    expression.properties.length !== 1 ||
    property?.type !== 'Property'
  ) {
    throw new SyntaxError('not one member');
  }
  return { shape, node: property.value, property, offset, strict };
}

/** Parses a whole file; `null` if it cannot be. */
export function parseScript(source: string, isModule: boolean): Program | null {
  for (const sourceType of isModule ? (['module'] as const) : (['script', 'module'] as const)) {
    try {
      return acorn().parse(source, { ...OPTIONS, sourceType });
    } catch {
      // The next way.
    }
  }
  return null;
}

export const isFunction = (node: AnyNode): node is FunctionLike =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression';

export const isClass = (node: AnyNode): node is ClassLike =>
  node.type === 'ClassDeclaration' || node.type === 'ClassExpression';

/** Every node right below this one. */
export function children(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === 'type') continue;
    if (Array.isArray(value)) found.push(...value.filter(isNode));
    else if (isNode(value)) found.push(value);
  }
  return found;
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** The names that a pattern binds (or, on the left of `=`, assigns). */
export function patternNames(node: AnyNode | null | undefined, add: (name: string) => void): void {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- nothing else binds
  switch (node?.type) {
    case 'Identifier':
      add(node.name);
      break;
    case 'ObjectPattern':
      for (const part of node.properties)
        patternNames(part.type === 'RestElement' ? part.argument : part.value, add);
      break;
    case 'ArrayPattern':
      for (const element of node.elements) patternNames(element, add);
      break;
    case 'AssignmentPattern':
      patternNames(node.left, add);
      break;
    case 'RestElement':
      patternNames(node.argument, add);
      break;
  }
}

/** Adds the names that `var` declares below a node, not looking into functions. */
export function varNames(node: AnyNode, names: Set<string>): void {
  if (isFunction(node) || isClass(node)) return;
  if (node.type === 'VariableDeclaration' && node.kind === 'var') {
    for (const { id } of node.declarations) patternNames(id, (name) => names.add(name));
  }
  for (const child of children(node)) varNames(child, names);
}

/** Adds the names that `let`, `const`, `class` and `function` declare in a list of statements. */
export function lexicalNames(statements: readonly AnyNode[], names: Set<string>): void {
  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') {
      for (const { id } of statement.declarations) patternNames(id, (name) => names.add(name));
    } else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
      if (statement.id !== null) names.add(statement.id.name);
    } else if (statement.type === 'LabeledStatement') lexicalNames([statement.body], names);
  }
}

/** Are all parameters plain names, so that entering a call evaluates nothing? */
export const hasSimpleParameters = (node: FunctionNode): boolean =>
  node.params.every((parameter) => parameter.type === 'Identifier' || parameter.type === 'RestElement');
