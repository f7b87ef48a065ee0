import { answer, deliver, type Wire } from '../../connection/handshake';
import { blockFor } from '../../engine/blocking';
import { Eventual, go } from '../../util/eventual';
import type { Connection } from './connection';

/**
 * Makes the other end show that it has the key. Python's function of this name.
 *
 * @throws AuthenticationError when it does not.
 * @throws ValueError for a key that is not bytes.
 * @throws EOFError when it is gone.
 * @throws OSError for an answer of more than 256 bytes.
 */
export function deliver_challenge(connection: Connection, authkey: Uint8Array): void {
  blockFor(() => go(deliver(wireOver(connection), authkey, null)));
}

/**
 * Shows the other end, which delivers a challenge, that this one has the key. Python's function of this name.
 *
 * @throws AuthenticationError when the other end finds it wrong, or sends no challenge.
 * @throws ValueError for a key that is not bytes.
 * @throws EOFError when it is gone.
 * @throws OSError for a challenge of more than 256 bytes.
 */
export function answer_challenge(connection: Connection, authkey: Uint8Array): void {
  blockFor(() => go(answer(wireOver(connection), authkey, null)));
}

const wireOver = (connection: Connection): Wire => ({
  of: connection,
  send: (bytes) =>
    Eventual.try(() => {
      connection.send_bytes(bytes);
      return Eventual.of(undefined);
    }),
  receive: (maxlength) => Eventual.try(() => Eventual.of(connection.recv_bytes(maxlength))),
});
