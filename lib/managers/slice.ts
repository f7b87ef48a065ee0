import type { Reduced } from '../pickle';
import { writeAs } from '../util/repr';
import type { Bound } from '../util/slices';

/** Python's `slice(start, stop, step)`: what stands in the brackets of `values[start:stop:step]`. */
export class Slice {
  readonly start: Bound;
  readonly stop: Bound;
  readonly step: Bound;

  constructor(start: Bound = null, stop: Bound = null, step: Bound = null) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

writeAs(Slice, {
  type: 'slice',
  repr: ({ start, stop, step }, write) => `slice(${[start, stop, step].map(write).join(', ')})`,
});

/** As Python makes it: what stands in it is looked at where it is used. */
export const sliceOf = (args: readonly unknown[]): Slice => new Slice(...(args as readonly Bound[]));

export const reduceSlice = ({ start, stop, step }: Slice): Reduced => ({
  global: 'builtins slice',
  args: [start ?? null, stop ?? null, step ?? null],
});
