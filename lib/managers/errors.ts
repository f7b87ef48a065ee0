const RULE = '-'.repeat(75);

/**
 * The server of a manager could not do what it was asked: it does not know the object, the method is not exposed, or
 * the answer cannot be sent. What a method itself throws comes as it is.
 *
 * As in Python, its text is between two lines; what the server said is `args[0]`.
 */
export class RemoteError extends Error {
  static {
    this.prototype.name = 'RemoteError';
  }
  readonly args: readonly [string];

  constructor(text: string) {
    super(`\n${RULE}\n${text}${RULE}`);
    this.args = [text];
  }
}
