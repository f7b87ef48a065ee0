import { BrokenPipeError, ConnectionError, EOFError, FileNotFoundError } from '../../errors';
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
  #meeting: Promise<Line> | null = null;
  #proxies = 0;
  #linger: NodeJS.Timeout | null = null;
  /** References that the server is being told of, and whether it knew the object. */
  readonly #telling = new Map<string, Promise<boolean>>();
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

  call(request: Request): Promise<Reply> {
    const line = this.#line;
    if (line !== null && !line.isClosed) return line.call(request);
    return this.#meet().then((met) => met.call(request));
  }

  /** Asks the server itself. @throws RemoteError, or whatever it answers instead of a result */
  async control(method: string, args: readonly unknown[] = [], kwds: object = {}): Promise<unknown> {
    const line = await this.#meet();
    const request = { ident: null, method, args, kwds: kwds as Request['kwds'] };
    const reply = await line.control(request);
    this.#lingerOrNot();
    if (reply.kind === Kind.Return) return reply.value;
    throw errorOf(reply);
  }

  lane(): Lane {
    let lane: Promise<Lane> | null = null;
    return {
      call: async (request) => (await (lane ??= this.#meet().then((line) => line.lane()))).call(request),
      end: () => {
        void lane?.then(
          (each) => {
            each.end();
          },
          () => undefined,
        );
      },
    };
  }

  incref(id: string): void {
    this.adopt(id);
    const before = this.#telling.get(id);
    const told = this.control('incref', [id]).then(
      () => true,
      (error: unknown) => {
        debug(`incref of ${id} failed: ${String(error)}`);
        return false;
      },
    );
    const both = before === undefined ? told : Promise.all([before, told]).then((all) => all.every(Boolean));
    this.#telling.set(id, both);
    void both.then((known) => {
      if (known && this.#telling.get(id) === both) this.#telling.delete(id);
    });
  }

  adopt(_id: string): void {
    this.#proxies++;
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
  }

  async decref(id: string): Promise<void> {
    const known = (await this.#telling.get(id)) ?? true;
    try {
      // A server that is gone has forgotten it.
      if (known && this.#reason === null && this.#isMet) await this.control('decref', [id]);
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

  #meet(): Promise<Line> {
    if (this.#reason !== null) return Promise.reject(this.#reason);
    const line = this.#line;
    if (line !== null && !line.isClosed) return Promise.resolve(line);
    this.#meeting ??= this.#open().finally(() => {
      this.#meeting = null;
    });
    return this.#meeting;
  }

  async #open(): Promise<Line> {
    try {
      const line = await meet(this);
      if (this.#reason !== null) {
        line.close();
        throw this.#reason;
      }
      this.#wasMet = true;
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
      this.#line?.close();
      this.#line = null;
      this.#forget();
    }, LINGER).unref();
  }
}
