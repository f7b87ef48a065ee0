import { closeSync, writeSync } from 'node:fs';
import { openNameless } from '../util/nameless_file';
import { encodeFrame, MOST_AT_ONCE } from '../wire/framing';

/** What is shorter always fits into a socket that nobody reads from yet, on any system. */
const SHORT = 4096;

/**
 * What a process is told first, in a file without a name: so that it can be read whatever becomes of the event loop
 * here, which may be blocked, or be over. What is short, or cannot be written, goes through the socket.
 */
export class LetterFile {
  readonly pieces: readonly Uint8Array[];
  /** `null`: the pieces are to be sent. */
  readonly fd: number | null;

  constructor(text: string, blocks: readonly Uint8Array[]) {
    this.pieces = encodeFrame(text, blocks);
    this.fd = isLong(this.pieces) ? write(this.pieces) : null;
  }

  close(): void {
    if (this.fd !== null) closeSync(this.fd);
  }
}

function isLong(pieces: readonly Uint8Array[]): boolean {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0) > SHORT;
}

function write(pieces: readonly Uint8Array[]): number | null {
  let fd: number | null = null;
  try {
    fd = openNameless();
    for (const piece of pieces) {
      for (let at = 0; at < piece.byteLength;)
        at += writeSync(fd, piece, at, Math.min(MOST_AT_ONCE, piece.byteLength - at));
    }
    return fd;
  } catch {
    // No directory that can be written, or no room in it.
    if (fd !== null) closeSync(fd);
    return null;
  }
}
