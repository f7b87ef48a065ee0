import { Buffer } from 'node:buffer';
import { integerBytes } from './integers';
import { Output } from './output';
import { writeText } from './text';

const BININT = 0x4a;
const BININT1 = 0x4b;
const BININT2 = 0x4d;
const LONG1 = 0x8a;
const LONG4 = 0x8b;
const BINFLOAT = 0x47;
const SHORT_BINUNICODE = 0x8c;
const BINUNICODE = 0x58;
const SHORT_BINBYTES = 0x43;
const BINBYTES = 0x42;
const BINBYTES8 = 0x8e;
const BINGET = 0x68;
const LONG_BINGET = 0x6a;

/** Text of so few characters is at most 255 bytes. */
const SHORT_TEXT = 85;
/** Above it the room that text takes is worth counting. */
const MEDIUM_TEXT = 4096;
const NOTHING = new Uint8Array(0);

/** Writes what has no parts. */
export class Scalars extends Output {
  text(text: string): void {
    const { length } = text;
    if (length <= SHORT_TEXT) {
      this.reserve(2 + 3 * length);
      const { bytes } = this;
      const start = this.at + 2;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[start + i] = code;
      }
      const end = i === length ? start + i : writeText(text, this.bytes, start);
      bytes[this.at] = SHORT_BINUNICODE;
      bytes[this.at + 1] = end - start;
      this.at = end;
      return;
    }
    this.reserve(5 + (length <= MEDIUM_TEXT ? 3 * length : Buffer.byteLength(text)));
    const start = this.at + 5;
    const end = writeText(text, this.bytes, start);
    this.bytes[this.at] = BINUNICODE;
    this.bytes.writeUInt32LE(end - start, this.at + 1);
    this.at = end;
  }

  number(value: number): void {
    const int = value | 0;
    // -0 is a float.
    if (int !== value || (int === 0 && Object.is(value, -0))) {
      return Number.isSafeInteger(value) && value !== 0 ? this.bigint(BigInt(value)) : this.float(value);
    }
    this.reserve(5);
    const { bytes, at } = this;
    if (int >= 0 && int <= 0xff) {
      bytes[at] = BININT1;
      bytes[at + 1] = int;
      this.at = at + 2;
    } else if (int >= 0 && int <= 0xffff) {
      bytes[at] = BININT2;
      bytes[at + 1] = int;
      bytes[at + 2] = int >> 8;
      this.at = at + 3;
    } else {
      bytes[at] = BININT;
      bytes[at + 1] = int;
      bytes[at + 2] = int >> 8;
      bytes[at + 3] = int >> 16;
      bytes[at + 4] = int >> 24;
      this.at = at + 5;
    }
  }

  float(value: number): void {
    this.reserve(9);
    this.bytes[this.at] = BINFLOAT;
    this.at = this.bytes.writeDoubleBE(value, this.at + 1);
  }

  bigint(value: bigint): void {
    const digits = value === 0n ? NOTHING : integerBytes(value);
    this.reserve(5 + digits.length);
    if (digits.length <= 0xff) {
      this.bytes[this.at++] = LONG1;
      this.bytes[this.at++] = digits.length;
    } else {
      this.bytes[this.at++] = LONG4;
      this.at = this.bytes.writeInt32LE(digits.length, this.at);
    }
    this.bytes.set(digits, this.at);
    this.at += digits.length;
  }

  get(place: number): void {
    this.reserve(5);
    if (place <= 0xff) {
      this.bytes[this.at++] = BINGET;
      this.bytes[this.at++] = place;
    } else {
      this.bytes[this.at++] = LONG_BINGET;
      this.at = this.bytes.writeUInt32LE(place, this.at);
    }
  }

  op(opcode: number): void {
    this.reserve(1);
    this.bytes[this.at++] = opcode;
  }

  byteString(value: Uint8Array): void {
    const { length } = value;
    this.reserve(10 + length);
    if (length <= 0xff) {
      this.bytes[this.at++] = SHORT_BINBYTES;
      this.bytes[this.at++] = length;
    } else if (length <= 0xffff_ffff) {
      this.bytes[this.at++] = BINBYTES;
      this.at = this.bytes.writeUInt32LE(length, this.at);
    } else {
      this.bytes[this.at++] = BINBYTES8;
      this.at = this.bytes.writeBigUInt64LE(BigInt(length), this.at);
    }
    this.bytes.set(value, this.at);
    this.at += length;
  }
}
