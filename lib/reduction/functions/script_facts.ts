import { sourceOf, type Script } from './inspector';
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
  const program = parseScript(sourceOf(script.id), script.isModule);
  if (program === null || script.url === '') return EVERYTHING;
  const names = new Set<string>();
  const declared = new Set<string>();
  let evaluates = false;
  const add = (name: string): void => void names.add(name);
  const work: AnyNode[] = [program];
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
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
