import { UnpicklingError } from '../errors';
import { UnicodeError, ValueError } from '../util/exceptions';
import { narrowed } from './integers';

/** What protocol 0 writes as a line of text. */

/** As in CPython: the time for more grows with the square of their number. */
const MOST_DIGITS = 4300;
const INTEGER = /^[+-]?(?:0|[1-9]\d*)$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|nan)$/i;

/** @throws ValueError for what is none, as Python does. */
export function integerOf(line: string): number | bigint {
  if (!INTEGER.test(line)) throw new ValueError('could not convert string to int');
  if (line.length > MOST_DIGITS) {
    throw new ValueError(
      `Exceeds the limit (${MOST_DIGITS} digits) for integer string conversion: value has ${line.length} digits`,
    );
  }
  return line.length < 16 ? Number(line) : narrowed(BigInt(line.replace('+', '')));
}

/** `I`: an integer, or `00` and `01` for false and true. */
export function intOrBool(line: string): number | bigint | boolean {
  if (line === '00' || line === '01') return line === '01';
  return integerOf(line) === 0 ? 0 : integerOf(line);
}

/** `L`: an integer, with an `L` at its end from Python 2 and 3 alike. */
export function longOf(line: string): number | bigint {
  return intOrBool(line.endsWith('L') ? line.slice(0, -1) : line) as number | bigint;
}

export function indexOf(line: string): number {
  if (/^\d{1,15}$/.test(line)) return Number(line);
  throw new ValueError('could not convert string to int');
}

export function floatOf(line: string): number {
  if (!FLOAT.test(line)) throw new ValueError('could not convert string to float');
  return Number(
    line.replace(/inf/i, 'Infinity').replace(/nan/i, 'NaN').replace('+N', 'N').replace('-N', 'N'),
  );
}

const ESCAPES: Partial<Record<string, string>> = {
  '\n': '',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** `S`: a `str` of Python 2, as its `repr`. */
export function quotedOf(line: string): string {
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || !line.endsWith(quote)) {
    throw new UnpicklingError('the STRING opcode argument must be quoted');
  }
  const text = line
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([^]))/g,
      (all, hex?: string, octal?: string, char = '') => {
        if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
        if (char === '\\' || char === "'" || char === '"') return char as string;
        return ESCAPES[char as string] ?? all;
      },
    );
  return ascii(text);
}

/** A `str` of Python 2 is bytes: what is not ASCII has no meaning of its own. */
export function ascii(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      const byte = code.toString(16).padStart(2, '0');
      throw new UnicodeError(
        `'ascii' codec can't decode byte 0x${byte} in position ${i}: ordinal not in range(128)`,
      );
    }
  }
  return text;
}

/** `V`: `raw-unicode-escape`, where a backslash begins nothing else. */
export function escapedOf(line: string): string {
  return line.replace(
    /(\\+)(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([uU]))?/g,
    (all: string, slashes: string, four?: string, eight?: string, cut?: string) => {
      if (slashes.length % 2 === 0) return all;
      if (cut !== undefined)
        throw new UnicodeError(`truncated \\${cut}${'X'.repeat(cut === 'u' ? 4 : 8)} escape`);
      const digits = four ?? eight;
      if (digits === undefined) return all;
      const code = parseInt(digits, 16);
      if (code > 0x10ffff) throw new UnicodeError('illegal Unicode character');
      return slashes.slice(1) + String.fromCodePoint(code);
    },
  );
}
