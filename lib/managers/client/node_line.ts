import { Buffer } from 'node:buffer';
import type { Connection } from '../../connection/connection';
import { Pipe } from '../../connection/pipe';
import { Eventual } from '../../util/eventual';
import type { FacadeName } from '../facade_name';
import { arriving, from, type Lane } from '../home';
import { debug } from '../../util/log';
import { Kind, errorOf, type Reply, type Request } from '../messages';
import {
  asksReceipt,
  numberOf,
  packReceipt,
  packRequest,
  SHORTEN,
  unpackReply,
  type Packed,
} from '../native_messages';
import type { Line } from './line';
import type { Link } from '../link';
import type { Meeting } from './channel';
import { lost } from './open_connection';
import { Worth } from './worth';

interface Pending {
  readonly reply: Eventual<Reply>;
  readonly facade: FacadeName | undefined;
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
  readonly #worth: Worth;
  /** What is to be sent when it is known by which way. */
  #held: Packed[] | null = null;

  constructor(link: Link, home: Meeting) {
    this.#link = link;
    this.#home = home;
    this.#worth = new Worth(link.isFamily);
    link.listening = {
      message: (bytes) => {
        this.#answered(bytes);
      },
      ended: (error) => {
        this.#failure = lost(error, home.address);
        const pending = [...this.#pending.values()];
        this.#pending.clear();
        for (const { reply } of pending) reply.fail(this.#failure);
      },
    };
  }

  get isClosed(): boolean {
    return this.#failure !== null;
  }

  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  call(request: Request): Eventual<Reply> {
    return Eventual.try(() => {
      if (this.#failure !== null) throw this.#failure;
      const number = this.#number();
      const message = packRequest(number, request);
      const reply = new Eventual<Reply>();
      if (this.#pending.size === 0) this.#link.hold(true);
      this.#pending.set(number, { reply, facade: request.facade });
      this.#send(message);
      if (this.#worth.isReached(message.length)) this.#shorten();
      return reply;
    });
  }

  #send({ pieces, length }: Packed): void {
    // As they are now: the caller may change them while we wait.
    if (this.#held !== null) this.#held.push({ pieces: [Buffer.concat(pieces, length)], length });
    else this.#link.send(pieces, length);
  }

  /** What was sent before has been read by the time that the server agrees; all else waits for that. */
  #shorten(): void {
    let mine: Connection;
    let agreed: Eventual<Reply>;
    try {
      const [here, there] = Pipe();
      mine = here;
      agreed = this.call({ ident: null, method: SHORTEN, args: [there], kwds: {} });
      there.close();
    } catch (error) {
      debug(`no shared memory for a manager: ${String(error)}`);
      return;
    }
    this.#held = [];
    agreed.whenSettled(() => {
      try {
        const reply = agreed.take();
        if (reply.kind !== Kind.Return) throw errorOf(reply);
        this.#link.shorten(mine, false);
        debug('a manager shares memory');
      } catch (error) {
        debug(`a manager shares no memory: ${String(error)}`);
        mine.close();
      }
      const held = this.#held ?? [];
      this.#held = null;
      for (const message of held) this.#send(message);
    });
  }

  control(request: Request): Eventual<Reply> {
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
      this.#send(packReceipt(number));
    }
    const pending = this.#pending.get(number);
    // Its second answer to `shutdown`, as from Python's.
    if (pending === undefined) return;
    this.#worth.add(bytes.length);
    this.#pending.delete(number);
    if (this.#pending.size === 0) this.#link.hold(false);
    let reply: Reply;
    try {
      reply = arriving(from(this.#home, pending.facade), () => unpackReply(bytes));
    } catch (error) {
      pending.reply.fail(error);
      return;
    }
    pending.reply.settle(reply);
  }
}
