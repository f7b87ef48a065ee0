import { Eventual, type Course } from '../../util/eventual';
import type { FacadeName } from '../facade_name';
import { arriving, from, type Arrival } from '../home';
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
  #waiting: Eventual<Buffer> | null = null;
  #failure: Error | null = null;

  /** Not to be called: see {@link Channel.open}. */
  constructor(home: Meeting, link: (listening: Listening) => Link) {
    this.#home = home;
    this.link = link({
      message: (bytes) => {
        const waiting = this.#waiting;
        this.#waiting = null;
        this.link.hold(false);
        waiting?.settle(bytes);
      },
      ended: (error) => {
        this.#failure = lost(error, home.address);
        const waiting = this.#waiting;
        this.#waiting = null;
        waiting?.fail(this.#failure);
      },
    });
  }

  static *open(home: Meeting): Course<Channel> {
    const channel = yield* openConnection(home.address, home.authkey);
    return new Channel(home, (listening) => new Link(channel, listening));
  }

  get isClosed(): boolean {
    return this.#failure !== null;
  }

  /** @param facade - whose proxies the answer is to have. */
  *exchange(bytes: Uint8Array, facade?: FacadeName): Course<Reply> {
    if (this.#failure !== null) throw this.#failure;
    const waiting = (this.#waiting = new Eventual<Buffer>());
    this.link.hold(true);
    this.link.send([bytes], bytes.length);
    const answer = yield* waiting;
    return arriving(from(this.#home, facade), () => unpackReply(answer));
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
  open(): Course<Channel>;
  /** Asks the server itself, on a connection of its own. */
  ask(request: Request): Course<Reply>;
}
