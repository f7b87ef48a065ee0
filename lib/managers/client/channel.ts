import { arriving, type Arrival } from '../home';
import type { Reply, Request } from '../messages';
import { unpackReply } from '../pickled_messages';
import type { Address } from '../address';
import { Link, type Listening } from '../link';
import { lost, openConnection } from './open_connection';

/** A server that is to be spoken to. */
export interface Meeting extends Arrival {
  readonly address: Address;
  /** In hex. */
  readonly authkey: string;
}

/** A connection to a server of Python: one request, then its answer. */
export class Channel {
  readonly #home: Meeting;
  readonly link: Link;
  #waiting: { readonly resolve: (bytes: Buffer) => void; readonly reject: (error: unknown) => void } | null =
    null;
  #failure: Error | null = null;

  /** Not to be called: see {@link Channel.open}. */
  constructor(home: Meeting, link: (listening: Listening) => Link) {
    this.#home = home;
    this.link = link({
      message: (bytes) => {
        const waiting = this.#waiting;
        this.#waiting = null;
        this.link.hold(false);
        waiting?.resolve(bytes);
      },
      ended: (error) => {
        this.#failure = lost(error, home.address);
        this.#waiting?.reject(this.#failure);
        this.#waiting = null;
      },
    });
  }

  static async open(home: Meeting): Promise<Channel> {
    const connection = await openConnection(home.address, home.authkey);
    return new Channel(home, (listening) => new Link(connection, listening));
  }

  get isClosed(): boolean {
    return this.#failure !== null;
  }

  async exchange(bytes: Uint8Array): Promise<Reply> {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      if (this.#failure !== null) throw this.#failure;
      this.#waiting = { resolve, reject };
      this.link.hold(true);
      this.link.send([bytes], bytes.length);
    });
    return arriving(this.#home, () => unpackReply(answer));
  }

  close(): void {
    this.link.close();
  }
}

/** Makes connections to one server. */
export interface Channels {
  /** @throws PicklingError for what cannot be sent to Python. */
  pack(request: Request): Uint8Array;
  /** One that takes calls of methods. */
  open(): Promise<Channel>;
  /** Asks the server itself, on a connection of its own. */
  ask(request: Request): Promise<Reply>;
}
