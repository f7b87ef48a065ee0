import { BrokenPipeError, ConnectionError, EOFError, FileNotFoundError } from '../../errors';
import { blockingDepth } from '../../engine/blocking';
import { Eventual, go, type Course } from '../../util/eventual';
import { debug } from '../../util/log';
import { clearTimeout, setTimeout } from '../../util/timers';
import { addressFrom, addressKey, type Address } from '../address';
import type { Arrival, Home, Lane } from '../home';
import { Kind, errorOf, type Reply, type Request } from '../messages';
import type { Line } from './line';
import { meet } from './meet';

/** How long a connection is kept when there is no proxy left, in milliseconds: the next may come at once. */
const LINGER = 500;

/** How connecting fails to a server that is no more. */
const GONE = [ConnectionError, FileNotFoundError, EOFError];

/** A server in another process or thread, as all proxies of its objects in this thread see it. */
export class RemoteHome implements Home, Arrival {
  readonly address: Address;
  readonly authkey: string;
  readonly #forget: () => void;
  #line: Line | null = null;
  /** The one that is being met. */
  #meeting: { readonly line: Eventual<Line>; readonly isBlocking: boolean } | null = null;
  #proxies = 0;
  #linger: NodeJS.Timeout | null = null;
  /** References that the server is being told of, and whether it knew the object. */
  readonly #telling = new Map<string, Eventual<boolean>>();
  /** Why nothing can be asked any more. */
  #reason: Error | null = null;
  #wasMet = false;

  /** @param forget - called when nobody needs it any more. */
  constructor(address: Address, authkey: string, forget: () => void) {
    this.address = address;
    this.authkey = authkey;
    this.#forget = forget;
  }

  /** Proxies that come from this server are mostly of its own objects. */
  homeOf(address: Address): Home | null {
    return addressKey(addressFrom(this.address, address)) === addressKey(this.address) ? this : null;
  }

  call(request: Request): Eventual<Reply> {
    const line = this.#line;
    if (line !== null && !line.isClosed) return line.call(request);
    return go(this.#meetAndCall(request));
  }

  *#meetAndCall(request: Request): Course<Reply> {
    const line = yield* this.#meet();
    return yield* line.call(request);
  }

  /** Asks the server itself. @throws RemoteError, or whatever it answers instead of a result */
  control(method: string, args: readonly unknown[] = [], kwds: object = {}): Eventual<unknown> {
    return go(this.#asking(method, args, kwds));
  }

  *#asking(method: string, args: readonly unknown[], kwds: object): Course<unknown> {
    const line = yield* this.#meet();
    const request = { ident: null, method, args, kwds: kwds as Request['kwds'] };
    const reply = yield* line.control(request);
    this.#lingerOrNot();
    if (reply.kind === Kind.Return) return reply.value;
    throw errorOf(reply);
  }

  lane(): Lane {
    let lane: Eventual<Lane> | null = null;
    const open = function* (line: Eventual<Line>): Course<Lane> {
      return (yield* line).lane();
    };
    const call = function* (opened: Eventual<Lane>, request: Request): Course<Reply> {
      return yield* (yield* opened).call(request);
    };
    return {
      call: (request) => go(call((lane ??= go(open(this.#meet()))), request)),
      end: () => {
        const opened = lane;
        opened?.whenSettled(() => {
          if (opened.hasValue) opened.take().end();
        });
      },
    };
  }

  incref(id: string): void {
    this.adopt(id);
    const before = this.#telling.get(id);
    const told = go(this.#tell(id, before));
    this.#telling.set(id, told);
    told.whenSettled(() => {
      if (told.take() && this.#telling.get(id) === told) this.#telling.delete(id);
    });
  }

  /** Did it know the object, now and before? */
  *#tell(id: string, before: Eventual<boolean> | undefined): Course<boolean> {
    const asked = this.control('incref', [id]);
    const wasKnown = before === undefined || (yield* before);
    try {
      yield* asked;
      return wasKnown;
    } catch (error) {
      debug(`incref of ${id} failed: ${String(error)}`);
      return false;
    }
  }

  adopt(_id: string): void {
    this.#proxies++;
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
  }

  decref(id: string): Eventual<void> {
    return go(this.#lettingGo(id));
  }

  *#lettingGo(id: string): Course<void> {
    const telling = this.#telling.get(id);
    const known = telling === undefined || (yield* telling);
    try {
      // A server that is gone has forgotten it.
      if (known && this.#reason === null && this.#isMet) yield* this.control('decref', [id]);
    } finally {
      this.#proxies--;
      this.#lingerOrNot();
    }
  }

  /** Nothing more is asked of it. @param reason - for those who wait, and those who ask all the same. */
  close(reason: Error): void {
    this.#reason ??= reason;
    this.#line?.close();
    this.#line = null;
    this.#forget();
  }

  get #isMet(): boolean {
    return this.#line?.isClosed === false;
  }

  #meet(): Eventual<Line> {
    const line = this.#line;
    if (this.#reason === null && line !== null && !line.isClosed) return Eventual.of(line);
    // One that the event loop is connecting is never met while a call blocks it.
    const isBlocking = blockingDepth() > 0;
    const before = this.#meeting;
    if (before !== null && (before.isBlocking || !isBlocking)) return before.line;
    const meeting = { line: go(this.#open()), isBlocking };
    this.#meeting = meeting;
    meeting.line.whenSettled(() => {
      if (this.#meeting === meeting) this.#meeting = null;
    });
    return meeting.line;
  }

  *#open(): Course<Line> {
    if (this.#reason !== null) throw this.#reason;
    try {
      const line = yield* meet(this);
      const reason = this.#reason as Error | null;
      if (reason !== null) {
        line.close();
        throw reason;
      }
      this.#wasMet = true;
      if (this.#line?.isClosed === false) {
        // Somebody was faster.
        line.close();
        return this.#line;
      }
      return (this.#line = line);
    } catch (error) {
      // One that is being killed may still take connections, and break them.
      const isGone = GONE.some((Class) => error instanceof Class);
      if (!this.#wasMet || !isGone) throw error;
      // As for whoever still has a connection.
      throw new BrokenPipeError('[Errno 32] Broken pipe', { errno: 32, code: 'EPIPE', cause: error });
    }
  }

  #lingerOrNot(): void {
    if (this.#proxies > 0 || this.#linger !== null) return;
    this.#linger = setTimeout(() => {
      this.#linger = null;
      if (this.#proxies > 0) return;
      if (this.#line?.isBusy === true) {
        // A server may be slow, and what it gives may be a proxy.
        this.#lingerOrNot();
        return;
      }
      this.#line?.close();
      this.#line = null;
      this.#forget();
    }, LINGER).unref();
  }
}
