import { isThenable } from '../../util/thenable';
import { debug, info } from '../../util/log';
import { Connection } from '../../connection/connection';
import type { SocketChannel } from '../../connection/socket_channel';
import { sweepDeparted } from '../../connection/departed';
import { AuthenticationError } from '../../errors';
import { repr } from '../../util/repr';
import type { Caller } from '../caller';
import { arriving } from '../home';
import { Link } from '../link';
import { Kind, type Reply, type Request } from '../messages';
import {
  GREETING,
  SHORTEN,
  isNative,
  isReceipt,
  numberOf,
  packReply,
  unpackRequest,
  type Packed,
} from '../native_messages';
import * as pickled from '../pickled_messages';
import type { Token } from '../token';
import type { Server } from './server';
import { tracebackOf } from './texts';

/**
 * One client. Python's asks one thing after the other; one of this package as much as it likes at once, in numbered
 * messages, which are begun in their order. All that is asked over one connection is asked by one {@link Caller}.
 */
export class Session implements Caller {
  readonly #server: Server;
  readonly #link: Link;
  #name = 'a client';
  #isEnded = false;
  /** May it call methods? Else it may ask one thing of the server. */
  #isAccepted = false;
  /** Requests of a client of Python that have come before their turn. */
  readonly #queue: Buffer[] = [];
  #isBusy = false;
  /** References that were counted for a client of this package: they end with the connection. */
  readonly #references = new Map<string, number>();
  /** What was given but may not have arrived: there is no receipt of it yet. */
  readonly #underway = new Map<number, { readonly request: Request; readonly reply: Reply }>();

  constructor(server: Server, channel: SocketChannel) {
    this.#server = server;
    this.#link = new Link(channel, {
      message: (bytes) => {
        if (isNative(bytes)) this.#native(bytes);
        else {
          this.#queue.push(bytes);
          void this.#work();
        }
      },
      ended: () => {
        this.#end();
      },
    });
    this.#link.hold(true);
  }

  get name(): string {
    return this.#name;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  close(): void {
    this.#link.close();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#queue.length = 0;
    debug(`${this.#name} is gone`);
    for (const { request, reply } of this.#underway.values()) this.#lose(request, reply);
    this.#underway.clear();
    for (const [id, count] of this.#references)
      for (let i = 0; i < count; i++) this.#server.dropReference(id);
    this.#references.clear();
    this.#server.sessionEnded(this);
  }

  // -------------------------------------------------------------- Python

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let bytes = this.#queue.shift(); bytes !== undefined; bytes = this.#queue.shift())
      await this.#answer(bytes);
    this.#isBusy = false;
  }

  async #answer(bytes: Buffer): Promise<void> {
    let request: Request | null = null;
    let reply: Reply;
    try {
      request = arriving(this.#server, () => pickled.unpackRequest(bytes));
      reply = await (this.#isAccepted ? this.#server.call(this, request) : this.#control(request));
    } catch (error) {
      reply = { kind: Kind.Traceback, value: tracebackOf(error) };
    }
    if (this.#isEnded) {
      this.#lose(request, reply);
      return;
    }
    const isLast = !this.#isAccepted;
    this.#send(request, reply, (each) => pack(pickled.packReply(each)));
    // Python reads two answers to `shutdown`, or one.
    if (isLast && request?.method !== 'shutdown') this.#link.closeSoon();
  }

  async #control(request: Request): Promise<Reply> {
    if (request.method !== 'accept_connection') return this.#server.control(this, request);
    this.#accept(request.args);
    // Python's proxies do not look at it.
    return { kind: Kind.Return, value: GREETING };
  }

  #accept([name]: readonly unknown[]): void {
    if (typeof name === 'string') this.#name = name;
    debug(`serving ${this.#name}`);
    this.#isAccepted = true;
  }

  // ---------------------------------------------------------------- Node

  #native(bytes: Buffer): void {
    const number = numberOf(bytes);
    if (isReceipt(bytes)) {
      this.#underway.delete(number);
      return;
    }
    let request: Request | null = null;
    let reply: Promise<Reply> | Reply;
    try {
      request = arriving(this.#server, () => unpackRequest(bytes));
      if (request.ident !== null) reply = this.#server.call(this, request);
      else if (request.method === SHORTEN) reply = this.#shorten(request.args[0]);
      else reply = this.#counted(request);
    } catch (error) {
      reply = { kind: Kind.Traceback, value: tracebackOf(error) };
    }
    if (isThenable(reply)) void this.#later(number, request, reply);
    else this.#reply(number, request, reply);
  }

  /** @throws TypeError, or whatever `arena` throws. */
  #shorten(end: unknown): Reply {
    if (!(end instanceof Connection)) throw new TypeError(`${repr(end)} is no Connection`);
    if (!this.#link.isFamily) throw new AuthenticationError('only processes of one family share memory');
    sweepDeparted();
    this.#link.shorten(end, true);
    return { kind: Kind.Return, value: null };
  }

  async #later(number: number, request: Request | null, reply: PromiseLike<Reply>): Promise<void> {
    this.#reply(number, request, await reply);
  }

  #reply(number: number, request: Request | null, reply: Reply): void {
    const { kind, value } = reply;
    if (this.#isEnded) {
      if (kind === Kind.Proxy) this.#server.dropReference((value as readonly [unknown, Token])[1].id);
      this.#lose(request, reply);
      return;
    }
    if (kind === Kind.Proxy) this.#count((value as readonly [unknown, Token])[1].id, 1);
    if (request === null || kind !== Kind.Return || !this.#server.wantsReceipt(request)) {
      this.#send(null, reply, (each) => packReply(number, each));
      return;
    }
    this.#send(null, reply, (each) => {
      const isPrecious = each === reply;
      const message = packReply(number, each, isPrecious);
      if (isPrecious) this.#underway.set(number, { request, reply });
      return message;
    });
  }

  async #counted(request: Request): Promise<Reply> {
    const reply = await this.#server.control(this, request);
    if (reply.kind !== Kind.Return) return reply;
    if (request.method === 'create') this.#count((reply.value as readonly [string, unknown])[0], 1);
    else if (request.method === 'incref') this.#count(request.args[0] as string, 1);
    else if (request.method === 'decref') this.#count(request.args[0] as string, -1);
    return reply;
  }

  #count(id: string, by: 1 | -1): void {
    if (this.#isEnded) {
      // It was made for nobody.
      if (by > 0) this.#server.dropReference(id);
      return;
    }
    const count = (this.#references.get(id) ?? 0) + by;
    if (count > 0) this.#references.set(id, count);
    else this.#references.delete(id);
  }

  #send(request: Request | null, reply: Reply, encode: (reply: Reply) => Packed): void {
    const { pieces, length } = packed(reply, encode);
    this.#link.send(pieces, length, () => {
      this.#lose(request, reply);
    });
  }

  /** What a method has given has not gone: the object may take it back. */
  #lose(request: Request | null, { kind, value }: Reply): void {
    if (request !== null && kind === Kind.Return) this.#server.undelivered(request, value);
  }
}

const pack = (bytes: Uint8Array): Packed => ({ pieces: [bytes], length: bytes.length });

/** What cannot be sent is told as such. */
function packed(reply: Reply, encode: (reply: Reply) => Packed): Packed {
  try {
    return encode(reply);
  } catch (error) {
    info(`Failure to send message: ${reply.kind}`);
    return encode({ kind: Kind.Unserializable, value: tracebackOf(error) });
  }
}
