import { type Script } from './scripts';
import { children, parseScript, patternNames, type AnyNode } from './syntax';

/** What the source of a whole script tells about its variables. */

const assigned = new Map<string, ReadonlySet<string>>();
const EVERYTHING: ReadonlySet<string> = { has: () => true } as unknown as ReadonlySet<string>;

/**
 * The names that anything in the script assigns after their declaration. By
 * name alone: of two variables of one name both count. All, if it cannot be parsed.
 */
export function assignedNames(script: Script): ReadonlySet<string> {
  let names = assigned.get(script.id);
  if (names === undefined) {
    names = findAssigned(script);
    assigned.set(script.id, names);
  }
  return names;
}

/** Whether {@link assignedNames} has been asked for this script, and answers for nothing. */
export const hasFacts = (script: Script): boolean => assigned.has(script.id);

function findAssigned(script: Script): ReadonlySet<string> {
  const program = parseScript(script.source, script.isModule);
  if (program === null || script.url === '') return EVERYTHING;
  const names = new Set<string>();
  const declared = new Set<string>();
  let evaluates = false;
  const add = (name: string): void => void names.add(name);
  const work: AnyNode[] = [program];
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- nothing else assigns
    switch (node.type) {
      case 'AssignmentExpression':
        patternNames(node.left, add);
        break;
      case 'UpdateExpression':
        patternNames(node.argument, add);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type !== 'VariableDeclaration') patternNames(node.left, add);
        else if (node.left.kind === 'var') for (const { id } of node.left.declarations) patternNames(id, add);
        break;
      case 'VariableDeclaration':
        // `var` may be declared, and so assigned, twice.
        if (node.kind === 'var') {
          for (const { id } of node.declarations) {
            patternNames(id, (name) => (declared.has(name) ? add(name) : declared.add(name)));
          }
        }
        break;
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval') evaluates = true;
        break;
    }
    work.push(...children(node));
  }
  return evaluates ? EVERYTHING : names;
}

/** An imported or re-exported name: of which module, and what it is called there (`*`: all of it). */
export interface Import {
  readonly specifier: string;
  readonly name: string;
}

/** The imports and exports of an ES module. */
export interface ModuleFacts {
  readonly imports: ReadonlyMap<string, Import>;
  /** By exported name: a variable of the module, or something it re-exports. */
  readonly exports: ReadonlyMap<string, Import | { readonly local: string }>;
  /** `export * from`. */
  readonly stars: readonly string[];
  /** Variables that are assigned after their declaration. */
  readonly mutable: ReadonlySet<string>;
}

const facts = new Map<string, ModuleFacts>();
const NO_FACTS: ModuleFacts = { imports: new Map(), exports: new Map(), stars: [], mutable: new Set() };

export function moduleFacts(script: Script): ModuleFacts {
  let known = facts.get(script.id);
  if (known === undefined) {
    known = findModuleFacts(script);
    facts.set(script.id, known);
  }
  return known;
}

function findModuleFacts(script: Script): ModuleFacts {
  const program = script.isModule ? parseScript(script.source, true) : null;
  if (program === null) return NO_FACTS;
  const imports = new Map<string, Import>();
  const exports = new Map<string, Import | { readonly local: string }>();
  const stars: string[] = [];
  const variables = new Set<string>();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'VariableDeclaration' && declaration.kind !== 'const') {
      for (const { id } of declaration.declarations) patternNames(id, (name) => variables.add(name));
    }
    if (statement.type === 'ImportDeclaration') {
      const specifier = String(statement.source.value);
      for (const part of statement.specifiers) {
        const name =
          part.type === 'ImportDefaultSpecifier'
            ? 'default'
            : part.type === 'ImportNamespaceSpecifier'
              ? '*'
              : nameOf(part.imported);
        imports.set(part.local.name, { specifier, name });
      }
    } else if (statement.type === 'ExportAllDeclaration') {
      const specifier = String(statement.source.value);
      if (statement.exported) exports.set(nameOf(statement.exported), { specifier, name: '*' });
      else stars.push(specifier);
    } else if (statement.type === 'ExportNamedDeclaration') {
      if (statement.declaration?.type === 'VariableDeclaration') {
        for (const { id } of statement.declaration.declarations)
          patternNames(id, (name) => exports.set(name, { local: name }));
      } else if (statement.declaration)
        exports.set(statement.declaration.id.name, { local: statement.declaration.id.name });
      for (const { local, exported } of statement.specifiers) {
        const specifier =
          statement.source === null || statement.source === undefined ? null : String(statement.source.value);
        exports.set(
          nameOf(exported),
          specifier === null ? { local: nameOf(local) } : { specifier, name: nameOf(local) },
        );
      }
    }
  }
  const all = assignedNames(script);
  return { imports, exports, stars, mutable: new Set([...variables].filter((name) => all.has(name))) };
}

const nameOf = (node: { type: string; name?: string; value?: unknown }): string =>
  node.name ?? String(node.value);
