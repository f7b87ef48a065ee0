import { ListenerCore } from '../../connection/listener_core';
import type { SocketChannel } from '../../connection/socket_channel';
import { AssertionError, AuthenticationError, OSError } from '../../errors';
import { debug, info } from '../../util/log';
import { repr } from '../../util/repr';
import { addressText, isSameServer, type Address } from '../address';
import type { Caller } from '../caller';
import type { Arrival, Home } from '../home';
import type { CONTROLS } from '../messages';
import { Kind, type Reply, type Request } from '../messages';
import type { Registry } from '../registry';
import { Token } from '../token';
import { setImmediate } from '../../util/timers';
import { callMethod } from './call_method';
import { InnerHome } from './inner_home';
import { Objects } from './objects';
import type { Segments } from './segments';
import { Session } from './session';
import { tracebackOf } from './texts';

const BACKLOG = 128;

/** Where clients come in. */
class Door extends ListenerCore {
  async accept(): Promise<SocketChannel> {
    return this.channelOf(await this.acceptor.next().promise());
  }
}

/**
 * Holds shared objects and calls their methods for whoever has the key.
 *
 * Python's, but for this: `serve_forever` does not end the process, it resolves when somebody has shut the server
 * down. Made by `get_server()` of a manager.
 *
 * @example
 * const server = manager.get_server();
 * console.log(server.address);
 * await server.serve_forever();
 */
export class Server implements Arrival {
  readonly #listener: Door;
  readonly #address: Address;
  readonly #objects: Objects;
  readonly #sessions = new Set<Session>();
  readonly #inner: Home;
  readonly #segments: Segments | null;
  #stopping: Promise<void> | null = null;
  #stopped!: () => void;
  readonly #whenStopped = new Promise<void>((resolve) => {
    this.#stopped = resolve;
  });

  /** Not for users. It listens from now on. @throws OSError when the address cannot be had */
  constructor(
    registry: Registry,
    address: Address | null,
    authkey: Uint8Array,
    segments: Segments | null = null,
  ) {
    this.#segments = segments;
    this.#listener = new Door(address, null, BACKLOG, authkey);
    this.#address = this.#listener.address;
    this.#objects = new Objects(registry);
    this.#inner = new InnerHome(this.#objects, this.#address, Buffer.from(authkey).toString('hex'), this);
    void this.#accept();
  }

  /** Where it listens: a path, or `[host, port]`. */
  get address(): Address {
    return this.#address;
  }

  /** Resolves when it was shut down. */
  serve_forever(): Promise<void> {
    return this.#whenStopped;
  }

  /** Ends it: objects are given up, connections closed. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#listener.close();
    this.#segments?.destroyAll();
    await this.#objects.disposeAll();
    for (const session of [...this.#sessions]) session.close();
    this.#stopped();
  }

  #isStopping(): boolean {
    return this.#stopping !== null;
  }

  async #accept(): Promise<void> {
    for (;;) {
      let channel: SocketChannel;
      try {
        channel = await this.#listener.accept();
      } catch (error) {
        if (this.#isStopping()) return;
        if (!(error instanceof AuthenticationError || error instanceof OSError)) throw error;
        info(`somebody was not let in: ${error.message}`);
        continue;
      }
      this.#sessions.add(new Session(this, channel));
    }
  }

  // ------------------------------------------------------- for sessions

  homeOf(address: Address): Home | null {
    return isSameServer(this.#address, address) ? this.#inner : null;
  }

  sessionEnded(session: Session): void {
    this.#sessions.delete(session);
    this.#objects.callerEnded(session);
  }

  dropReference(id: string): void {
    try {
      this.#objects.decref(id);
    } catch (error) {
      debug(`decref of ${id} failed: ${String(error)}`);
    }
  }

  /** Calls a method. Never rejects. At once where nothing has to be waited for. */
  call(caller: Caller | null, request: Request): Promise<Reply> | Reply {
    return callMethod(this.#objects, this.#address, caller, request);
  }

  /** Is it to be known whether what this gives has arrived? */
  wantsReceipt({ ident, method }: Request): boolean {
    return this.#objects.wantsReceipt(ident, method);
  }

  /** What a method has given its caller did not get. */
  undelivered({ ident, method }: Request, result: unknown): void {
    this.#objects.undelivered(ident, method, result);
  }

  /** Does what is asked of the server itself. Never rejects. */
  async control(caller: Caller, { method, args, kwds }: Request): Promise<Reply> {
    try {
      return { kind: Kind.Return, value: await this.#do(caller, method, args, kwds) };
    } catch (error) {
      return { kind: Kind.Traceback, value: tracebackOf(error) };
    }
  }

  #do(caller: Caller, method: unknown, args: readonly unknown[], kwds: Request['kwds']): unknown {
    switch (method as (typeof CONTROLS)[number]) {
      case 'dummy':
        return null;
      case 'create': {
        const [typeid, ...rest] = args;
        if (typeof typeid !== 'string') throw new TypeError(`typeid must be a string, not ${repr(typeid)}`);
        return this.#create(typeid, rest, kwds, caller);
      }
      case 'incref':
        this.#objects.incref(args[0]);
        return null;
      case 'decref':
        this.#objects.decref(args[0]);
        return null;
      case 'get_methods': {
        const [token] = args;
        if (!(token instanceof Token)) throw new TypeError(`${repr(token)} is no Token`);
        return [...this.#objects.get(token.id).exposed];
      }
      case 'number_of_objects':
        return this.#objects.count;
      case 'debug_info':
        return this.#objects.describe();
      case 'accept_connection':
        return null;
      case 'shutdown':
        info('manager received shutdown message');
        // The answer first.
        setImmediate(() => void this.stop());
        return null;
      default:
        if (this.#segments !== null) return this.#segments.control(method, args);
        throw new AssertionError(`${repr(method)} unrecognized`);
    }
  }

  async #create(
    typeid: string,
    args: readonly unknown[],
    kwds: Request['kwds'],
    caller: Caller,
  ): Promise<readonly [string, readonly string[]]> {
    const { id, exposed } = await this.#objects.create(typeid, args, kwds, caller);
    return [id, exposed];
  }

  /** `<multiprocessing.managers.Server at '/tmp/…'>` */
  toString(): string {
    return `<multiprocessing.managers.Server at ${addressText(this.#address)}>`;
  }
}
