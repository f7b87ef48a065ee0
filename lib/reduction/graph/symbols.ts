import { originOfSymbol } from '../origins';
import { Tag, type Form } from './forms';
import { symbolUid } from './heap';

const wellKnown = new Map<symbol, string>(
  Object.getOwnPropertyNames(Symbol).flatMap((name) => {
    const value: unknown = Object.getOwnPropertyDescriptor(Symbol, name)?.value;
    return typeof value === 'symbol' ? [[value, `@@${name}`] as const] : [];
  }),
);

export function symbolForm(symbol: symbol): Form {
  const known = wellKnown.get(symbol);
  if (known !== undefined) return [Tag.Symbol, known];
  const key = Symbol.keyFor(symbol);
  if (key !== undefined) return [Tag.Symbol, key];
  const description = symbol.description ?? null;
  const origin = originOfSymbol(symbol);
  if (origin !== undefined) return [Tag.UniqueSymbol, origin.uid, description, origin.heap];
  return [Tag.UniqueSymbol, symbolUid(symbol), description];
}
