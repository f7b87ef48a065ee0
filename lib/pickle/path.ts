/** Where something lies in a value: looked for only when it could not be written. */

const MOST_VISITED = 100_000;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

interface Place {
  readonly value: unknown;
  readonly path: string;
}

/** `value.rows[3].file`; `null` if it is not found by looking. */
export function pathTo(root: unknown, culprit: unknown): string | null {
  const seen = new Set<unknown>();
  const open: Place[] = [{ value: root, path: 'value' }];
  for (let i = 0; i < open.length && i < MOST_VISITED; i++) {
    const place = open[i] as Place;
    if (Object.is(place.value, culprit)) return place.path;
    if (typeof place.value !== 'object' || place.value === null || seen.has(place.value)) continue;
    seen.add(place.value);
    try {
      for (const part of partsOf(place.value, place.path)) {
        open.push(part);
        if (open.length > MOST_VISITED) break;
      }
    } catch {
      // What cannot be looked into has no parts.
    }
  }
  return null;
}

function* partsOf(value: object, path: string): Generator<Place> {
  if (value instanceof Map) {
    for (const [key, each] of value as Map<unknown, unknown>) {
      yield { value: each, path: `${path}.get(${keyOf(key)})` };
      yield { value: key, path: `a key of ${path}` };
    }
  } else if (value instanceof Set) {
    for (const each of value) yield { value: each, path: `an item of ${path}` };
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) yield { value: value[i] as unknown, path: `${path}[${i}]` };
  } else if (!ArrayBuffer.isView(value)) {
    for (const key of Object.keys(value)) {
      const step = IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
      yield { value: (value as Record<string, unknown>)[key], path: path + step };
    }
    if (value instanceof Error && 'args' in value) yield { value: value.args, path: `${path}.args` };
  }
}

function keyOf(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key);
  return typeof key === 'object' && key !== null ? '…' : String(key);
}
