import { arriving, type Lane } from '../home';
import type { Reply, Request } from '../messages';
import { asksReceipt, numberOf, packReceipt, packRequest, unpackReply } from '../native_messages';
import type { Line } from './line';
import type { Link } from '../link';
import type { Meeting } from './channel';
import { lost } from './open_connection';

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

const MOST = 2 ** 32;

/**
 * To a server of this package: one connection for all calls of this thread, which are begun there in their order and
 * answered in any.
 */
export class NodeLine implements Line {
  readonly #link: Link;
  readonly #home: Meeting;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #failure: Error | null = null;

  constructor(link: Link, home: Meeting) {
    this.#link = link;
    this.#home = home;
    link.listening = {
      message: (bytes) => {
        this.#answered(bytes);
      },
      ended: (error) => {
        this.#failure = lost(error, home.address);
        for (const { reject } of this.#pending.values()) reject(this.#failure);
        this.#pending.clear();
      },
    };
  }

  get isClosed(): boolean {
    return this.#failure !== null;
  }

  call(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) throw this.#failure;
      const number = this.#number();
      const { pieces, length } = packRequest(number, request);
      if (this.#pending.size === 0) this.#link.hold(true);
      this.#pending.set(number, { resolve, reject });
      this.#link.send(pieces, length);
    });
  }

  control(request: Request): Promise<Reply> {
    return this.call(request);
  }

  lane(): Lane {
    return { call: (request) => this.call(request), end: () => undefined };
  }

  close(): void {
    this.#link.close();
  }

  #number(): number {
    do this.#next = (this.#next + 1) % MOST;
    while (this.#pending.has(this.#next));
    return this.#next;
  }

  #answered(bytes: Buffer): void {
    const number = numberOf(bytes);
    if (asksReceipt(bytes)) {
      const { pieces, length } = packReceipt(number);
      this.#link.send(pieces, length);
    }
    const pending = this.#pending.get(number);
    // Its second answer to `shutdown`, as from Python's.
    if (pending === undefined) return;
    this.#pending.delete(number);
    if (this.#pending.size === 0) this.#link.hold(false);
    try {
      pending.resolve(arriving(this.#home, () => unpackReply(bytes)));
    } catch (error) {
      pending.reject(error);
    }
  }
}
