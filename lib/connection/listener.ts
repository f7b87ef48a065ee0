import { Connection } from './connection';
import { connectionOver } from './connection_over';
import { ListenerCore } from './listener_core';

/**
 * Waits for connections at an address, in CPython's protocol: both ends may be Python or Node.
 *
 * It is bound when it is made, as in Python, and throws then what Python raises. Clients are authenticated as they
 * come, whether or not somebody is in `accept`, all at once: one that is slow or silent keeps nobody waiting. So
 * `Client` may have its connection before `accept` is called.
 *
 * @example
 * await using listener = new Listener(['localhost', 6000], { authkey: Buffer.from('secret') });
 * const connection = await listener.accept();
 * console.log(await connection.recv(), listener.last_accepted);
 */
export class Listener extends ListenerCore {
  /**
   * Resolves to the connection of the next client. Those who fail to show the key are an error, each once.
   *
   * @throws AuthenticationError for a client that has not shown the key: a wrong one, none, in no time, or anything
   *   else instead. (Python raises an EOFError, an OSError or an AssertionError for some of them.)
   * @throws OSError when the listener is closed.
   */
  async accept(): Promise<Connection> {
    return connectionOver(Connection, this.channelOf(await this.acceptor.next().promise()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
