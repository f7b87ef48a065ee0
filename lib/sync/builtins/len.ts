import { len as lengthOf, type Sized } from '../../builtins/functions';
import { methodOf } from './special';

/**
 * Python's `len`: of proxies, strings (characters, not UTF-16 units), arrays, ranges, maps, sets, and the keys of a plain
 * object.
 *
 * @throws TypeError for what has no length.
 * @example
 * len(manager.list([1, 2, 3])); // 3
 */
export function len(value: Sized): number {
  const __len__ = methodOf(value, '__len__');
  return __len__ === null ? lengthOf(value) : (__len__() as number);
}
