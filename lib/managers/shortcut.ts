import { Buffer } from 'node:buffer';
import type { Connection } from '../connection/connection';
import { Patience } from '../util/patience';
import type { PipeChannel } from '../connection/pipe_channel';
import { addInlet, blockingDepth, removeInlet, type Inlet, type Polls } from '../engine/blocking';
import { once, takeIn } from '../engine/turns';
import { Eventual } from '../util/eventual';
import { MemoryError } from '../util/exceptions';
import { setImmediate } from '../util/timers';

/** So many messages at once, then the event loop has a turn. */
const AT_ONCE = 64;

/** Longer messages go by the socket: shared memory may be short, and gains them little. */
const LONGEST_SHARED = 4 << 20;

/** Says in the pipe: here belongs what comes by the socket. */
const MARKER = [Buffer.alloc(0)];

/** Those of this thread that look for messages and are not woken for them. Only a lone one looks for long. */
let looking = 0;

const DONE: Eventual<void> = Eventual.of(undefined);

const copied = (bytes: Buffer): Buffer => Buffer.from(bytes);

/**
 * A pipe in shared memory beside the socket of a link, for its messages. Which of the two ends has died the socket
 * tells, and it keeps the process alive or not: who waits here does not.
 *
 * Requests keep their order: one that goes by the socket has its marker in the pipe. Answers have none to keep.
 */
export class Shortcut implements Inlet {
  readonly #connection: Connection;
  readonly #channel: PipeChannel;
  readonly #isServer: boolean;
  readonly #message: (bytes: Buffer) => void;
  readonly #nudge: () => void;
  readonly #patience = new Patience();
  /** Are messages expected? */
  #isOn = false;
  #isLooking = false;
  #isOver = false;
  /** What ends that this thread is woken. */
  #sleep: (() => void) | null = null;
  /** Requests that have come by the socket before their markers, and markers before their requests. */
  readonly #early: Buffer[] = [];
  #missing = 0;
  #wasNudged = false;
  /** Messages that there is no room for yet. */
  #sends = 0;

  /**
   * @param nudge - has the other end look into the pipe: it could not be woken.
   */
  constructor(
    connection: Connection,
    isServer: boolean,
    message: (bytes: Buffer) => void,
    nudge: () => void,
  ) {
    this.#connection = connection;
    this.#channel = connection.source as PipeChannel;
    this.#isServer = isServer;
    this.#message = message;
    this.#nudge = nudge;
  }

  /** Messages are expected from now on, or none are. */
  listen(on: boolean): void {
    if (on === this.#isOn) return;
    this.#isOn = on;
    if (on) {
      addInlet(this);
      this.#lookSoon();
    } else {
      removeInlet(this);
      this.#wake();
    }
  }

  /** While a call blocks this thread, it looks. */
  arm(polls: Polls): void {
    if (this.#isOver) return;
    this.#sleep ??= this.#channel.watch(this.#look, this.#isServer);
    // It may have come before anybody could know that we sleep.
    if (this.glance()) polls.within(0);
  }

  glance(): boolean {
    if (this.#isOver || !this.#isThere()) return false;
    takeIn(once(this.#look));
    return true;
  }

  /**
   * The bytes are taken as they are now.
   *
   * @param bySocket - sends them there instead.
   */
  send(pieces: readonly Uint8Array[], length: number, bySocket: () => Eventual<void>): Eventual<void> {
    if (length > LONGEST_SHARED) return this.#aside(bySocket);
    try {
      if (this.#sends === 0 && this.#channel.trySend(pieces, length)) return DONE;
      if (blockingDepth() > 0) {
        this.#channel.sendSync(pieces, length);
        return DONE;
      }
    } catch (error) {
      return error instanceof MemoryError
        ? this.#aside(bySocket)
        : Eventual.try(() => {
            throw error;
          });
    }
    this.#sends++;
    return Eventual.from(
      this.#channel.send(pieces, length).finally(() => {
        this.#sends--;
      }),
    );
  }

  #aside(bySocket: () => Eventual<void>): Eventual<void> {
    // If it cannot be sent the server is gone.
    if (!this.#isServer) void this.#channel.send(MARKER, 0).catch(() => undefined);
    return bySocket();
  }

  /** Something has come by the socket. */
  fromSocket(bytes: Buffer): void {
    if (!this.#isServer) this.#message(bytes);
    else if (bytes.length === 0) this.#look();
    else if (this.#missing > 0) {
      this.#missing--;
      this.#message(bytes);
      this.#look();
    } else this.#early.push(bytes);
  }

  /** @param isRead - what the other end has written before it ended is read first. */
  close(isRead: boolean): void {
    while (isRead && this.#take());
    this.#isOver = true;
    removeInlet(this);
    this.#wake();
    this.#connection.close();
  }

  // ---------------------------------------------------------------- read

  #lookSoon(): void {
    if (!this.#isOn || this.#isLooking || this.#sleep !== null) return;
    this.#isLooking = true;
    looking++;
    setImmediate(() => {
      this.#isLooking = false;
      looking--;
      this.#look();
    });
  }

  readonly #look = (): void => {
    if (!this.#isOn || this.#isOver) return;
    const isLone = looking === 0 && this.#sleep === null;
    if (this.#take() || (isLone && this.#patience.look(this.#isThere) && this.#take())) {
      this.#wake();
      this.#lookSoon();
    } else if (!this.#isLooking) this.#fallAsleep();
  };

  #fallAsleep(): void {
    if (!this.#isOn || this.#isOver) return;
    if (this.#sleep !== null) {
      this.#nudgeOnce();
      return;
    }
    // Who has called looks now and then, and sees to it that the server does.
    this.#sleep = this.#channel.watch(this.#look, this.#isServer);
    // It may have come before anybody could know that we sleep.
    if (this.#isThere()) this.#look();
  }

  #wake(): void {
    this.#sleep?.();
    this.#sleep = null;
  }

  /** Only if the server has not even seen the request: it is busy, or cannot be woken. */
  #nudgeOnce(): void {
    if (this.#isServer || this.#wasNudged || !this.#channel.isUnread) return;
    this.#wasNudged = true;
    this.#nudge();
  }

  readonly #isThere = (): boolean => this.#missing === 0 && this.#channel.hasMessage;

  /** Was there a message? */
  #take(): boolean {
    let count = 0;
    for (; count < AT_ONCE && !this.#isOver && this.#isThere(); count++) {
      const message = this.#channel.tryReceive(copied, Infinity);
      if (message === null || typeof message === 'number') break;
      this.#wasNudged = false;
      if (message.value.length > 0) this.#message(message.value);
      else this.#marker();
    }
    return count > 0;
  }

  #marker(): void {
    const early = this.#early.shift();
    if (early === undefined) this.#missing++;
    else this.#message(early);
  }
}
