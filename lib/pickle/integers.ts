import { Buffer } from 'node:buffer';

/** Integers of any size as Python packs them: two's complement, the lowest byte first, as few bytes as possible. */

/** A number where it is one exactly, else a `bigint`. */
export function readInteger(bytes: Buffer, start: number, length: number): number | bigint {
  if (length === 0) return 0;
  if (length <= 6) return bytes.readIntLE(start, length);
  const digits = Buffer.from(bytes.subarray(start, start + length)).reverse();
  const unsigned = BigInt(`0x${digits.toString('hex')}`);
  return narrowed((digits[0] as number) > 0x7f ? unsigned - (1n << BigInt(8 * length)) : unsigned);
}

export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The bytes of an integer. */
export function integerBytes(value: bigint): Buffer {
  // -n-1 has the same digits as n, inverted.
  const isNegative = value < 0n;
  const hex = (isNegative ? -value - 1n : value).toString(16);
  const bytes = Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex').reverse();
  const whole = (bytes.at(-1) as number) > 0x7f ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes;
  if (isNegative) for (let i = 0; i < whole.length; i++) whole[i] = ~(whole[i] as number);
  return whole;
}
