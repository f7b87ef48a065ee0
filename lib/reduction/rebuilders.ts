import { TextDecoder, TextEncoder } from 'node:util';

/**
 * How instances of some of node's own classes travel, whose state the language
 * hides. Both sides load this file: what is here goes by reference.
 */

export const rebuildUrl = (href: string): URL => new URL(href);
export const rebuildSearchParams = (text: string): URLSearchParams => new URLSearchParams(text);
export function rebuildDomException([message, name, stack]: [
  string,
  string,
  string | undefined,
]): DOMException {
  const made = new DOMException(message, name);
  if (stack !== undefined)
    Object.defineProperty(made, 'stack', { value: stack, configurable: true, writable: true });
  return made;
}
export const rebuildTextEncoder = (): TextEncoder => new TextEncoder();
export const rebuildTextDecoder = ([label, fatal, ignoreBOM]: [string, boolean, boolean]): TextDecoder =>
  new TextDecoder(label, { fatal, ignoreBOM });

interface Builtin {
  readonly reduce: (thing: never) => unknown;
  readonly rebuild: (state: never) => unknown;
}

const BUILTINS: Record<string, Builtin> = {
  URL: { reduce: ({ href }: URL) => href, rebuild: rebuildUrl },
  URLSearchParams: { reduce: (params: URLSearchParams) => params.toString(), rebuild: rebuildSearchParams },
  DOMException: {
    reduce: ({ message, name, stack }: DOMException & { stack?: string }) => [message, name, stack],
    rebuild: rebuildDomException,
  },
  TextEncoder: { reduce: () => null, rebuild: rebuildTextEncoder },
  TextDecoder: {
    reduce: ({ encoding, fatal, ignoreBOM }: TextDecoder) => [encoding, fatal, ignoreBOM],
    rebuild: rebuildTextDecoder,
  },
};

/** The way of a class, by the name under which it is a global. */
export const builtinReducer = (name: string): Builtin | undefined =>
  Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
