/**
 * What is sent may hold something until it has come (one end of a pipe is held on its way). If the only one that it
 * was sent to is no more, it never comes: then all that is given up.
 */
let current: (() => void)[] | null = null;

/**
 * Encodes what goes to one receiver.
 *
 * @returns with it, what says that the receiver is no more, whether or not it has come before.
 */
export function journey<T>(encode: () => T): { readonly sent: T; readonly lost: () => void } {
  const before = current;
  const undos = (current = [] as (() => void)[]);
  try {
    const sent = encode();
    return {
      sent,
      lost: () => {
        for (const undo of undos.splice(0)) undo();
      },
    };
  } finally {
    current = before;
  }
}

/** Something is part of what is being encoded: `undo` is called if that is lost. It may have come all the same. */
export function onLost(undo: () => void): void {
  current?.push(undo);
}
