import { ValueError } from './exceptions';

/** The places that Python's `[start:stop:step]` means: `count` of them, from `start` on. */
export interface Places {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** An end of a slice; `null` and left out: as far as there is something. */
export type Bound = number | null | undefined;

/**
 * What a slice means in a sequence of so many items, as Python has it: what is out of range is cut off.
 *
 * @throws TypeError for what is no integer.
 * @throws ValueError for steps of 0.
 */
export function placesOf(length: number, start: Bound, stop: Bound, step: Bound): Places {
  const by = integer(step) ?? 1;
  if (by === 0) throw new ValueError('slice step cannot be zero');
  const [least, most] = by > 0 ? [0, length] : [-1, length - 1];
  const clip = (bound: Bound, byDefault: number): number => {
    const place = integer(bound);
    if (place === null) return byDefault;
    return Math.max(least, Math.min(most, place < 0 ? place + length : place));
  };
  const from = clip(start, by > 0 ? 0 : length - 1);
  const to = clip(stop, by > 0 ? length : -1);
  return { start: from, step: by, count: Math.max(0, Math.ceil((to - from) / by)) };
}

function integer(bound: Bound): number | null {
  if (bound === null || bound === undefined) return null;
  if (Number.isInteger(bound)) return bound;
  throw new TypeError('slice indices must be integers or None or have an __index__ method');
}
