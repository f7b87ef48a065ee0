import { blockFor } from '../../engine/blocking';
import { addressText, type Address } from '../../managers/address';
import { ended, type ServerProcess } from '../../managers/server_process';

/**
 * Holds shared objects and calls their methods for whoever has the key, in a thread of its own: this one may block.
 *
 * Made by `get_server()` of a manager. Python's but for this: `serve_forever` does not end the process, it returns when
 * somebody has shut the server down.
 *
 * @example
 * const server = manager.get_server();
 * console.log(server.address);
 * server.serve_forever();
 */
export class Server {
  readonly #thread: ServerProcess;

  /** Not for users. */
  constructor(thread: ServerProcess) {
    this.#thread = thread;
  }

  /** Where it listens: a path, or `[host, port]`. */
  get address(): Address {
    return this.#thread.address;
  }

  /** Returns when it was shut down. */
  serve_forever(): void {
    blockFor(() => ended(this.#thread.process, null));
  }

  /** Ends it: objects are given up, connections closed. */
  stop(): void {
    blockFor(() => this.#thread.shutdown());
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** `<multiprocessing.managers.Server at '/tmp/…'>` */
  toString(): string {
    return `<multiprocessing.managers.Server at ${addressText(this.address)}>`;
  }
}
