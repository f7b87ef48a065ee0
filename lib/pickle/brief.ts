import { Global, Tuple } from './values';
import { repr } from '../util/repr';

/**
 * `repr`, of a value that somebody else made: so it ends, and soon. A few lists that hold each other twice would
 * otherwise be written a billion times.
 */
const MOST_PARTS = 50;
const MOST_DEPTH = 4;
const MOST_TEXT = 1000;

export function brief(value: unknown): string {
  let parts = 0;
  const list = (values: Iterable<unknown>, depth: number): string => {
    const written: string[] = [];
    for (const each of values) {
      if (++parts > MOST_PARTS) {
        written.push('...');
        break;
      }
      written.push(write(each, depth + 1));
    }
    return written.join(', ');
  };
  const write = (each: unknown, depth: number): string => {
    if (typeof each === 'string') return repr(each.slice(0, MOST_TEXT));
    if (typeof each === 'bigint') return each >> 1024n === 0n || each >> 1024n === -1n ? String(each) : '...';
    if (typeof each !== 'object' || each === null) return repr(each);
    if (each instanceof Uint8Array) return repr(each.subarray(0, MOST_TEXT));
    if (depth > MOST_DEPTH) return '...';
    if (each instanceof Tuple) return `(${list(each, depth)}${each.length === 1 ? ',' : ''})`;
    if (Array.isArray(each)) return `[${list(each, depth)}]`;
    if (each instanceof Map) {
      const keys = list(each.keys(), depth);
      return `{${keys}${keys === '' ? '' : ': ...'}}`;
    }
    if (each instanceof Set) return `{${list(each, depth)}}`;
    if (each instanceof Error) return `${each.name}(${repr(each.message.slice(0, MOST_TEXT))})`;
    if (each instanceof Global) return `<class '${each.module}.${each.name}'>`;
    return `<${Object.getPrototypeOf(each) === null ? 'object' : each.constructor.name} object>`;
  };
  return write(value, 0);
}
