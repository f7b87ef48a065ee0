import type { Connection } from '../connection/connection';
import type { SocketChannel } from '../connection/socket_channel';
import { soon } from '../engine/turns';
import { BrokenPipeError, EOFError } from '../errors';
import { KeyboardInterrupt } from '../util/exceptions';
import { Eventual, go, type Course } from '../util/eventual';
import { Shortcut } from './shortcut';

/** Whoever is at this end of a {@link Link}. */
export interface Listening {
  /** One message has come. The bytes are its own from now on. */
  message(bytes: Buffer): void;
  /** Nothing comes any more, and nothing can be sent. Called once. */
  ended(error: Error): void;
}

/** A connection that carries bytes, and tells of them as they come. */
export class Link {
  readonly #channel: SocketChannel;
  #listening: Listening;
  /** The last message on its way. */
  #sending: Eventual<void> = Eventual.of(undefined);
  #failure: Error | null = null;
  #shortcut: Shortcut | null = null;
  /** Does the other end look for what is sent by it? */
  #isShortened = false;
  #holds = false;

  /** @param channel - of a Client or a Listener. Nobody else uses it any more. */
  constructor(channel: SocketChannel, listening: Listening) {
    this.#channel = channel;
    this.#listening = listening;
    this.hold(false);
    // Not before whoever listens has the link in hand.
    soon(() => {
      go(this.#read());
    });
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
    const bySocket = (): Eventual<void> => this.#channel.sending(pieces, length);
    const sending =
      this.#shortcut !== null && this.#isShortened
        ? this.#shortcut.send(pieces, length, bySocket)
        : bySocket();
    this.#sending = sending;
    sending.whenSettled(() => {
      try {
        sending.take();
      } catch (error) {
        lost?.();
        // Ctrl-C is this caller's alone.
        if (error instanceof KeyboardInterrupt) throw error;
        // What the other end has sent before is read first; then it will end by itself.
        if (!(error instanceof BrokenPipeError)) this.#end(error as Error, false);
      }
    });
  }

  /** Has the other end shown that it is a process of this family? */
  get isFamily(): boolean {
    return this.#channel.isFamily;
  }

  /**
   * Messages go through a pipe from now on. The socket stays: to tell of the end, and for what is too long.
   *
   * @param isServer - the other end sends the first one.
   */
  shorten(connection: Connection, isServer: boolean): void {
    if (this.#failure !== null) {
      connection.close();
      return;
    }
    this.#isShortened = !isServer;
    this.#shortcut = new Shortcut(
      connection,
      isServer,
      (bytes) => {
        this.#isShortened = true;
        this.#listening.message(bytes);
      },
      () => {
        this.#channel.sending([], 0);
      },
    );
    this.#shortcut.listen(this.#holds);
  }

  /** Does it keep the process alive? */
  hold(on: boolean): void {
    this.#holds = on;
    this.#channel.isBackground = !on;
    this.#shortcut?.listen(on);
  }

  /** Closes it when what was sent has gone. */
  closeSoon(): void {
    this.#sending.whenSettled(() => {
      this.close();
    });
  }

  close(reason: Error = new EOFError('the connection was closed')): void {
    this.#end(reason, false);
  }

  *#read(): Course<void> {
    try {
      for (;;) {
        const message = yield* this.#channel.receiving((bytes) => bytes, Infinity);
        if (this.#failure !== null) return;
        if (message === null) continue;
        if (this.#shortcut === null) this.#listening.message(message.value);
        else this.#shortcut.fromSocket(message.value);
      }
    } catch (error) {
      this.#end(error as Error, true);
    }
  }

  #end(error: Error, isRead: boolean): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#shortcut?.close(isRead);
    this.#channel.close();
    this.#listening.ended(error);
  }
}
