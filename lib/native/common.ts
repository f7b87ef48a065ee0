import { adoptCommon, commonMemory } from '../util/common_memory';
import { MemoryError, NotImplementedError } from '../util/exceptions';
import { Head, WINDOW } from './layout';
import { isBound, libc } from './libc';

/** It may become this long: more, one SharedArrayBuffer cannot. */
const REACH = 2 ** 32;
/** So much must be possible at least. */
const LEAST = 2 ** 28;

type Growable = new (length: number, options: { readonly maxByteLength: number }) => SharedArrayBuffer;

/**
 * What a thread is given at its start, to share memory with the others of this process; `null` where all of the family
 * do, by their file.
 */
export function commonOfThreads(): SharedArrayBuffer | null {
  const memory = commonMemory();
  if (memory !== undefined) return memory;
  return isBound() ? null : makeCommon();
}

/**
 * The memory of the threads of this process, if processes share none.
 *
 * @throws NotImplementedError in a thread whose starter did not know that.
 */
export function commonOrNone(): SharedArrayBuffer | null {
  const memory = commonMemory();
  if (memory instanceof SharedArrayBuffer) return memory;
  try {
    libc();
    return null;
  } catch (error) {
    if (memory === null || !(error instanceof NotImplementedError)) throw error;
    return makeCommon();
  }
}

function makeCommon(): SharedArrayBuffer {
  const memory = allocate();
  // No file has such a name.
  new Int32Array(memory, 0, Head.Free)[Head.Name] = -1 - Math.floor(Math.random() * 2 ** 31);
  adoptCommon(memory);
  return memory;
}

/** As many addresses as can be had: they cost nothing. */
function allocate(): SharedArrayBuffer {
  let cause: unknown;
  for (let maxByteLength = REACH; maxByteLength >= LEAST; maxByteLength /= 2) {
    try {
      return new (SharedArrayBuffer as unknown as Growable)(WINDOW, { maxByteLength });
    } catch (error) {
      cause = error;
    }
  }
  throw new MemoryError('no shared memory is left: is the address space limited?', { cause });
}
