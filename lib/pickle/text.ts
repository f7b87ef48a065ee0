import type { Buffer } from 'node:buffer';
import { UnicodeError } from '../util/exceptions';

/*
 * Text as Python pickles it: UTF-8, in which a lone surrogate is three bytes as if it were a character
 * (`surrogatepass`). Node's own decoder and encoder put U+FFFD there.
 */

/** Node's fast ways, which its types leave out. */
interface Fast {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, start: number): number;
}
const fast = (bytes: Buffer): Fast => bytes as unknown as Fast;

export const readLatin1 = (bytes: Buffer, start: number, end: number): string =>
  fast(bytes).latin1Slice(start, end);

/** Short text comes again and again: names of methods, keys, kinds of answers. */
const SHORT = 32;
const MOST_KNOWN = 512;
const known = new Array<string>(MOST_KNOWN).fill('');

/** Decodes what is in the buffer from `start`; the caller has seen that all of it is there. */
export function readText(bytes: Buffer, start: number, length: number): string {
  if (length === 0) return '';
  if (length > SHORT) return readLong(bytes, start, length);
  let hash = length;
  let all = 0;
  for (let i = start; i < start + length; i++) {
    const byte = bytes[i] as number;
    hash = (hash * 31 + byte) | 0;
    all |= byte;
  }
  if (all > 0x7f) return readLong(bytes, start, length);
  const place = (hash ^ (hash >>> 9)) & (MOST_KNOWN - 1);
  const candidate = known[place] as string;
  if (candidate.length === length) {
    let i = 0;
    while (i < length && candidate.charCodeAt(i) === bytes[start + i]) i++;
    if (i === length) return candidate;
  }
  return (known[place] = readLatin1(bytes, start, start + length));
}

function readLong(bytes: Buffer, start: number, length: number): string {
  const text = fast(bytes).utf8Slice(start, start + length);
  return text.includes('\ufffd') ? readStrictly(bytes, start, start + length) : text;
}

/** Character by character: something is not what node's decoder takes. */
function readStrictly(bytes: Buffer, start: number, end: number): string {
  const parts: string[] = [];
  let units: number[] = [];
  for (let i = start; i < end;) {
    const first = bytes[i] as number;
    const size =
      first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    let code = size === 1 ? first : first & (0xff >> (size + 1));
    let isRight = size > 0 && i + size <= end;
    for (let j = 1; isRight && j < size; j++) {
      const next = bytes[i + j] as number;
      isRight = (next & 0xc0) === 0x80;
      code = (code << 6) | (next & 0x3f);
    }
    const least = size === 3 ? 0x800 : size === 4 ? 0x10000 : 0;
    if (!isRight || code < least || code > 0x10ffff) {
      const byte = first.toString(16).padStart(2, '0');
      throw new UnicodeError(
        `'utf-8' codec can't decode byte 0x${byte} in position ${i - start}: invalid data`,
      );
    }
    if (code > 0xffff) units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
    else units.push(code);
    i += size;
    if (units.length >= 4096) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  return parts.join('') + String.fromCharCode(...units);
}

/** Of ES2024: the types do not know it yet, every Node since 20 does. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed();

/** Writes where there is room for all of it, or for three bytes of each of its units. @returns where it ends. */
export function writeText(text: string, bytes: Buffer, start: number): number {
  return isWellFormed(text)
    ? start + fast(bytes).utf8Write(text, start)
    : writeSurrogates(text, bytes, start);
}

function writeSurrogates(text: string, bytes: Buffer, start: number): number {
  let at = start;
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (code >= 0xd800 && code <= 0xdfff) {
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else {
      at += bytes.write(char, at);
    }
  }
  return at;
}
