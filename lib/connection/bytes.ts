import { types } from 'node:util';
import { ValueError } from '../errors';
import { type_name } from '../util/repr';

/** What `send_bytes` takes: a Buffer, a typed array, a DataView, an ArrayBuffer. */
export type BytesLike = ArrayBufferView | ArrayBufferLike;

/** @throws TypeError for what is no bytes. */
export function bytesOf(value: unknown): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value);
  throw new TypeError(`memoryview: a bytes-like object is required, not '${type_name(value)}'`);
}

/** So many bytes from an offset on, all that follow without a size. @throws ValueError where there are none. */
export function slice(bytes: Uint8Array, offset: number, size: number | null): Uint8Array {
  if (offset < 0) throw new ValueError('offset is negative');
  if (bytes.length < offset) throw new ValueError('buffer length < offset');
  if (size === null) return bytes.subarray(offset);
  if (size < 0) throw new ValueError('size is negative');
  if (offset + size > bytes.length) throw new ValueError('buffer length < offset + size');
  return bytes.subarray(offset, offset + size);
}
