/**
 * Nothing was in the queue in time. Python's `queue.Empty`.
 *
 * @example
 * const item = await queue.get(true, 0.5).catch((error) => {
 *   if (error instanceof Empty) return null;
 *   throw error;
 * });
 */
export class Empty extends Error {
  static {
    this.prototype.name = 'Empty';
  }
}

/**
 * As much as fits was in the queue all the time. Python's `queue.Full`.
 *
 * @example
 * try {
 *   queue.put_nowait('item');
 * } catch (error) {
 *   if (error instanceof Full) console.log('later');
 *   else throw error;
 * }
 */
export class Full extends Error {
  static {
    this.prototype.name = 'Full';
  }
}
