import type { Connection } from '../connection/connection';
import type { SocketChannel } from '../connection/socket_channel';
import { BrokenPipeError, EOFError } from '../errors';

/** Whoever is at this end of a {@link Link}. */
export interface Listening {
  /** One message has come. The bytes are its own from now on. */
  message(bytes: Buffer): void;
  /** Nothing comes any more, and nothing can be sent. Called once. */
  ended(error: Error): void;
}

/** A connection that carries bytes, and tells of them as they come. */
export class Link {
  readonly #connection: Connection;
  readonly #channel: SocketChannel;
  #listening: Listening;
  /** The last message on its way. */
  #sending: Promise<void> = Promise.resolve();
  #failure: Error | null = null;

  /** @param connection - of a Client or a Listener. Nobody else uses it any more. */
  constructor(connection: Connection, listening: Listening) {
    this.#connection = connection;
    this.#channel = connection.source as SocketChannel;
    this.#listening = listening;
    this.hold(false);
    void this.#read();
  }

  /** Another one listens from now on. */
  set listening(listening: Listening) {
    this.#listening = listening;
    if (this.#failure !== null) listening.ended(this.#failure);
  }

  /**
   * The bytes are taken as they are now. That it could not be sent is told by `ended`.
   *
   * @param lost - called when it is known that the message has not gone.
   */
  send(pieces: readonly Uint8Array[], length: number, lost: (() => void) | null = null): void {
    if (this.#failure !== null) {
      lost?.();
      return;
    }
    this.#sending = this.#channel.send(pieces, length).catch((error: unknown) => {
      lost?.();
      // What the other end has sent before is read first; then it will end by itself.
      if (!(error instanceof BrokenPipeError)) this.#end(error as Error);
    });
  }

  /** Does it keep the process alive? */
  hold(on: boolean): void {
    this.#channel.isBackground = !on;
  }

  /** Closes it when what was sent has gone. */
  closeSoon(): void {
    void this.#sending.then(() => this.close());
  }

  close(reason: Error = new EOFError('the connection was closed')): void {
    this.#end(reason);
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#channel.receive((bytes) => bytes, Infinity);
        if (this.#failure !== null) return;
        if (message !== null) this.#listening.message(message.value);
      }
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #end(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#connection.close();
    this.#listening.ended(error);
  }
}
