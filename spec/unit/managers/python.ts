import { spawnSync } from 'node:child_process';
import { asTuple, ByteArray, Float, FrozenSet, type Tuple } from '../../../lib/pickle/values';
import { Slice } from '../../../lib/managers/slice';
import { array } from '../../../lib/managers/referents/array';
import { dict } from '../../../lib/managers/referents/dict';
import { list } from '../../../lib/managers/referents/list';
import { set } from '../../../lib/managers/referents/set';
import { repr } from '../../../lib/util/repr';
import { findPython } from '../../support/python';

/*
 * The same calls of an object here and of its original in CPython, compared by what is written of the results.
 */
export const MAKERS = { list, dict, set, array } as const;

/** How an object is made, and what is done with it then. */
export interface Story {
  readonly make: keyof typeof MAKERS;
  readonly args: readonly unknown[];
  readonly calls: readonly (readonly [method: string, ...args: unknown[]])[];
}

type Referent = Record<string, (...args: readonly unknown[]) => unknown>;

/** What comes of each call, and the object in the end. */
export async function told({ make, args, calls }: Story): Promise<string[]> {
  const lines: string[] = [];
  const made: Referent[] = [];
  lines.push(
    await lineOf(async () => {
      made.push((await MAKERS[make](...(args as [unknown, unknown]))) as unknown as Referent);
      return null;
    }),
  );
  const [object] = made;
  if (object === undefined) return lines;
  for (const [method, ...rest] of calls) {
    lines.push(
      await lineOf(async () => {
        const result = await object[method]?.(...rest);
        return result === object ? 'itself' : result;
      }),
    );
  }
  const content = object.__getvalue__?.();
  lines.push(make === 'array' ? (object.__repr__?.() as string) : written(content));
  return lines;
}

async function lineOf(call: () => Promise<unknown>): Promise<string> {
  try {
    return written(await call());
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** Items of a set have no order. */
function written(value: unknown): string {
  if (value instanceof Set && !(value instanceof FrozenSet))
    return `{${Array.from(value, repr).sort().join(', ')}}`;
  if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array)) {
    return `[${Array.from(value as unknown as Iterable<unknown>, repr).join(', ')}]`;
  }
  return repr(value);
}

const PROGRAM = `
import sys, array
def written(value):
    if type(value) is set: return '{' + ', '.join(sorted(map(repr, value))) + '}'
    if type(value) is array.array:
        numbers = [int(x) if isinstance(x, float) and x == int(x) else x for x in value]
        return repr(numbers)
    if type(value).__name__ in ('dict_keys', 'dict_values', 'dict_items', 'list_reverseiterator', 'dict_reversekeyiterator'):
        value = list(value)
    return repr(value)
def line(call):
    try: return written(call())
    except Exception as e: return type(e).__name__ + ': ' + str(e)
def tell(make, args, calls):
    lines, made = [], []
    lines.append(line(lambda: made.append({'array': array.array}.get(make, make)(*args))))
    if made:
        x = made[0]
        for name, *rest in calls:
            def call():
                result = getattr(x, name)(*rest)
                return 'itself' if result is x else result
            lines.append(line(call))
        lines.append(repr(x) if type(x) is array.array else written(x))
    return lines
STORIES = eval(sys.stdin.read().replace('"array"', '"array"'))
import json
print(json.dumps([tell(*s) for s in STORIES]))
`;

/** The stories as CPython tells them. */
export function toldByPython(stories: readonly Story[]): string[][] {
  const tuple = (parts: readonly unknown[]): string =>
    `(${parts.map((part) => `${source(part)}, `).join('')})`;
  const text = stories
    .map(({ make, args, calls }) => {
      const name = make === 'array' ? "'array'" : make;
      return `(${name}, ${tuple(args)}, [${calls.map(tuple).join(', ')}])`;
    })
    .join(',\n');
  const { stdout, stderr } = spawnSync(findPython() ?? 'python3', ['-c', PROGRAM], {
    input: `[${text}]`,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, PYTHONIOENCODING: 'utf8' },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

/** A value as Python's source. */
function source(value: unknown): string {
  if (value instanceof Int32Array) return `array.array('i', ${repr(Array.from(value))})`;
  if (value instanceof Float32Array) return `array.array('f', ${repr(Array.from(value))})`;
  return repr(value);
}

export const tuple = (...items: unknown[]): Tuple => asTuple(items);
export const frozenset = (...items: unknown[]): FrozenSet => new FrozenSet(items);
export const bytearray = (...bytes: number[]): ByteArray => new ByteArray(bytes);
export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
export const float = (value: number): Float => new Float(value);
export const slice = (...bounds: (number | null)[]): Slice => new Slice(...bounds);
export const dictOf = (...pairs: [unknown, unknown][]): Map<unknown, unknown> => new Map(pairs);
