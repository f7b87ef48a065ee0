import type { ClassLayout, Range } from './analysis';
import type { AnyNode, ClassLike } from './syntax';

/** What the text of a class says about its parts. */
export function layoutOf(node: ClassLike, text: string, rangeOf: (part: AnyNode) => Range): ClassLayout {
  const statics: Range[] = [];
  const privates: string[] = [];
  const methods = new Set<string>();
  for (const member of node.body.body) {
    if (isStaticInitializer(member)) statics.push(rangeOf(member));
    if (member.type === 'StaticBlock') continue;
    if (member.key.type === 'PrivateIdentifier') {
      if (!member.static) privates.push(`#${member.key.name}`);
    } else if (member.type === 'MethodDefinition') {
      methods.add(text.slice(...rangeOf(member)).replace(/^static\s+/, ''));
    }
  }
  const heritage = node.superClass ? rangeOf(node.superClass) : null;
  return { heritage, statics, privates, methods };
}

/** It ran once, in the parent. */
export const isStaticInitializer = (member: AnyNode): boolean =>
  member.type === 'StaticBlock' ||
  (member.type === 'PropertyDefinition' && member.static && member.key.type !== 'PrivateIdentifier');
