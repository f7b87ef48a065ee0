/**
 * What {@link Greenlet.kill} throws into a coroutine. One that ends with it counts as successful: its value is this.
 *
 * In Python it is no `Exception`, so `except Exception` lets it pass. A `catch` here catches it too: throw it on, or
 * the greenlet lives on.
 *
 * @example
 * try {
 *   await sleep(10);
 * } catch (error) {
 *   if (error instanceof GreenletExit) throw error;
 *   console.error(error);
 * }
 */
export class GreenletExit extends Error {
  static {
    this.prototype.name = 'GreenletExit';
  }
}

/** There is no room in a pool, and none came in time. */
export class PoolFull extends Error {
  static {
    this.prototype.name = 'PoolFull';
  }
}
