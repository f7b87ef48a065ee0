import { Buffer } from 'node:buffer';
import { UnpicklingError } from '../errors';
import { readInteger } from './integers';
import { readLatin1, readText } from './text';

/** The bytes of a pickle, taken from front to back. Every length is looked at before anything is made of it. */
export class Input {
  readonly bytes: Buffer;
  readonly end: number;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Goes on by so many bytes. @returns where they begin. */
  skip(count: number): number {
    const start = this.at;
    this.check(count);
    this.at = start + count;
    return start;
  }

  check(count: number): void {
    if (count > this.end - this.at) throw new UnpicklingError('pickle data was truncated');
  }

  uint8(): number {
    return this.bytes[this.skip(1)] as number;
  }

  uint16(): number {
    const start = this.skip(2);
    return (this.bytes[start] as number) | ((this.bytes[start + 1] as number) << 8);
  }

  uint32(): number {
    return this.bytes.readUInt32LE(this.skip(4));
  }

  int32(): number {
    return this.bytes.readInt32LE(this.skip(4));
  }

  /** Rounded where it is too large for anything. */
  uint64(): number {
    const start = this.skip(8);
    return this.bytes.readUInt32LE(start) + this.bytes.readUInt32LE(start + 4) * 2 ** 32;
  }

  float64(): number {
    return this.bytes.readDoubleBE(this.skip(8));
  }

  /** That of `LONG4` alone has a sign. */
  signedLength(): number {
    const length = this.int32();
    if (length < 0) throw new UnpicklingError('LONG pickle has negative byte count');
    return length;
  }

  line(): string {
    const start = this.at;
    const end = this.bytes.indexOf(0x0a, start);
    if (end < 0) throw new UnpicklingError('pickle data was truncated');
    this.at = end + 1;
    return readLatin1(this.bytes, start, end);
  }

  /** A line that names something. */
  utf8Line(): string {
    return Buffer.from(this.line(), 'latin1').toString('utf8');
  }

  latin1(length: number): string {
    const start = this.skip(length);
    return readLatin1(this.bytes, start, start + length);
  }

  text(length: number): string {
    return readText(this.bytes, this.skip(length), length);
  }

  integer(length: number): number | bigint {
    return readInteger(this.bytes, this.skip(length), length);
  }

  /** Still the bytes of the pickle. */
  slice(length: number): Buffer {
    const start = this.skip(length);
    return this.bytes.subarray(start, start + length);
  }
}
