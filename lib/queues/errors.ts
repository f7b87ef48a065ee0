/** Nothing is in the queue. Python's `queue.Empty`. */
export class Empty extends Error {
  static {
    this.prototype.name = 'Empty';
  }
}

/** As much is in the queue as fits. Python's `queue.Full`. */
export class Full extends Error {
  static {
    this.prototype.name = 'Full';
  }
}
