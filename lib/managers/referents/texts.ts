import { ByteArray, Float, FrozenSet, Global, Tuple } from '../../pickle/values';
import { float_repr, repr, writeAs } from '../../util/repr';

/** How values of Python are written that JavaScript has no type for. */

const list = (values: Iterable<unknown>, write: (part: unknown) => string): string =>
  Array.from(values, write).join(', ');

writeAs<Tuple>(Tuple, {
  type: 'tuple',
  again: '(...)',
  repr: (value, write) => `(${list(value, write)}${value.length === 1 ? ',' : ''})`,
});
writeAs<FrozenSet>(FrozenSet, {
  type: 'frozenset',
  repr: (value, write) => (value.size === 0 ? 'frozenset()' : `frozenset({${list(value, write)}})`),
});
writeAs(ByteArray, {
  type: 'bytearray',
  repr: (value) => `bytearray(${repr(new Uint8Array(value))})`,
});
writeAs(Float, { type: 'float', repr: ({ value }) => float_repr(value) });
writeAs(Global, { type: 'type', repr: (value) => `<class '${String(value)}'>` });
