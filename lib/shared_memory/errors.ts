/** A value does not fit into the form that it is to be stored in. Python's `struct.error`. */
export class StructError extends Error {
  static {
    this.prototype.name = 'struct.error';
  }
}
