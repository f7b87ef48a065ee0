import { connectionOver } from '../../connection/connection_over';
import { ListenerCore } from '../../connection/listener_core';
import { blockFor } from '../../engine/blocking';
import { Connection } from './connection';

/**
 * Waits for connections at an address, in CPython's protocol: both ends may be Python or Node.
 *
 * It is bound when it is made, as in Python. Clients are authenticated whenever this thread blocks or its event loop
 * turns, all at once: one that is slow or silent keeps nobody waiting.
 *
 * @example
 * using listener = new Listener(['localhost', 6000], { authkey: Buffer.from('secret') });
 * using connection = listener.accept();
 * console.log(connection.recv(), listener.last_accepted);
 */
export class Listener extends ListenerCore {
  /**
   * The connection of the next client. Those who fail to show the key are an error, each once.
   *
   * @throws AuthenticationError for a client that has not shown the key: a wrong one, none, in no time, or anything
   *   else instead. (Python raises an EOFError, an OSError or an AssertionError for some of them.)
   * @throws OSError when the listener is closed.
   */
  accept(): Connection {
    const { acceptor } = this;
    const next = acceptor.next();
    try {
      const arrival = blockFor(() => next);
      return connectionOver(Connection, this.channelOf(arrival));
    } finally {
      // Ctrl-C: who comes is for somebody else.
      acceptor.forget(next);
    }
  }
}
