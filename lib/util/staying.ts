/**
 * Does what is being encoded now stay among the threads of this process? What lies in memory that they alone share
 * cannot leave it.
 */
let staying = false;

export const isStaying = (): boolean => staying;

/** Encodes what stays here. */
export function stay<T>(encode: () => T): T {
  if (staying) return encode();
  staying = true;
  try {
    return encode();
  } finally {
    staying = false;
  }
}
