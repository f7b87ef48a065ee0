import { analyzeFunction, isNodeInternal } from '../functions/record';
import { builtinMemberPath } from '../functions/builtin_modules';
import { globalPath } from '../functions/intrinsics';
import { isNative } from '../functions/references';
import { hiddenClass } from './reduced';
import { Hint, refuse, type Trail } from './trail';

/** Node's classes whose instances are ordinary objects. */
const ORDINARY = new Set(['EventEmitter', 'Event', 'EventTarget']);

/** @throws PicklingError for an instance whose state the language hides. */
export function refuseInstance(value: object, trail: Trail | null): void {
  const hidden = hiddenClass(value);
  if (hidden !== null) refuse(`an instance of ${hidden} cannot be sent`, trail, Hint.Handle);
  for (let proto = parent(value); proto !== null && globalPath(proto) === undefined; proto = parent(proto)) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
    if (typeof constructor !== 'function' || globalPath(constructor) !== undefined) continue;
    if (isNative(constructor) || isNodeInternal(constructor)) {
      if (ORDINARY.has(constructor.name)) continue;
      const path = builtinMemberPath(constructor);
      const name = path === undefined ? `internal ${constructor.name}` : path.map(String).join('.');
      refuse(`an instance of node's ${name} cannot be sent`, trail, Hint.Handle);
    }
    if (!/^class\b/.test(Function.prototype.toString.call(constructor))) continue;
    const privates = analyzeFunction(constructor, trail).layout?.privates ?? [];
    if (privates.length > 0) {
      const names = privates.join(', ');
      refuse(
        `an instance of class ${constructor.name} cannot be sent, it has private members (${names})`,
        trail,
        Hint.Private,
      );
    }
  }
}

const parent = (object: object): object | null => Object.getPrototypeOf(object) as object | null;
