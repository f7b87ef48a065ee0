import { repr, str } from '../../util/repr';
import { BaseProxy, describe } from '../base_proxy';

/** What an object may say of itself. */
interface Speaking {
  __repr__?: unknown;
  __str__?: unknown;
}

/** Python's `repr` of a shared object. */
export async function reprOf(object: unknown): Promise<string> {
  const { __repr__: own } = (Object(object) ?? {}) as Speaking;
  if (typeof own === 'function') return String(await (own as () => unknown).call(object));
  return object instanceof BaseProxy ? describe(object) : repr(object);
}

/** Python's `str` of a shared object. */
export async function strOf(object: unknown): Promise<string> {
  const { __str__: own, __repr__: other } = Object(object) as Speaking;
  if (typeof own === 'function') return String(await (own as () => unknown).call(object));
  return typeof other === 'function' || typeof object === 'object' ? reprOf(object) : str(object);
}

/** An error as Python prints it: what it is stands last. */
export function tracebackOf(error: unknown): string {
  const isError = error instanceof Error;
  const name = isError ? error.name : 'Error';
  const message = isError ? error.message : String(error);
  const frames = isError ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  const places = frames.map((line) => `  ${line.trim()}\n`).join('');
  return `Traceback (most recent call last):\n${places}${name}${message === '' ? '' : `: ${message}`}\n`;
}
