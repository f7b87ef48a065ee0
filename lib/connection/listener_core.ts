import { Buffer } from 'node:buffer';
import { rmdirSync, unlinkSync } from 'node:fs';
import { types } from 'node:util';
import { AttributeError, OSError } from '../errors';
import { checkSeconds } from '../util/timeout';
import { signature } from '../util/keywords';
import { Acceptor, type Arrival } from './acceptor';
import { checkCodec, type Codec } from './codec';
import { openServer } from './open_server';
import {
  addressType,
  arbitraryPlace,
  checkFamily,
  defaultFamily,
  placeOf,
  type Address,
  type Family,
} from './socket_address';
import { LONGEST, type SocketChannel } from './socket_channel';

/** Seconds for the handshake: CPython's `CONNECTION_TIMEOUT`. */
const HANDSHAKE_SECONDS = 20;

/** As servers of node have. */
const BACKLOG = 511;

/** What `Listener` and `Client` have beyond Python, by keyword. */
export interface SocketOptions {
  /** Seconds that the handshake may take, of a client with the connecting; `Infinity` for ever. @default 20 */
  readonly timeout?: number | null;
  /** Bytes that a message may have; a longer one is an error before any memory is taken for it. @default what a Buffer can hold */
  readonly maxlength?: number | null;
  /** How `send` and `recv` write values. @default Python's pickles */
  readonly codec?: Codec | null;
}

/** What `Listener` can be given by keyword. */
export interface ListenerOptions extends SocketOptions {
  readonly address?: Address | null;
  readonly family?: Family | null;
  readonly backlog?: number | null;
  readonly authkey?: Uint8Array | null;
}

/** What `Listener` and `Client` have beside Python's arguments, by keyword only. */
export interface SocketDefaults {
  timeout: number | null;
  maxlength: unknown;
  codec: unknown;
}
export const SOCKET_DEFAULTS: Readonly<SocketDefaults> = {
  timeout: HANDSHAKE_SECONDS,
  maxlength: null,
  codec: null,
};
export const SOCKET_KEYWORDS: readonly (keyof SocketDefaults)[] = ['timeout', 'maxlength', 'codec'];

const bind = signature({
  name: 'Listener',
  defaults: (): {
    address: unknown;
    family: unknown;
    backlog: unknown;
    authkey: unknown;
  } & SocketDefaults => ({
    address: null,
    family: null,
    backlog: BACKLOG,
    authkey: null,
    ...SOCKET_DEFAULTS,
  }),
  keywordOnly: SOCKET_KEYWORDS,
});

/** What has to be done when a listener is closed, dropped, or its process ends. */
const open = new Map<Acceptor, () => void>();
const dropped = new FinalizationRegistry<Acceptor>(finish);
let watchesExit = false;

function finish(acceptor: Acceptor): void {
  acceptor.close();
  open.get(acceptor)?.();
  open.delete(acceptor);
}

/** A listener without its waiting: see the classes of both facades. */
export class ListenerCore {
  readonly #acceptor: Acceptor;
  readonly #address: Address;
  #last: Address | null = null;
  #closed = false;

  /**
   * @param address - `[host, port]`, port 0 for a free one; or the path of a socket, which must not exist.
   *   @default an arbitrary one of the family
   * @param family - `'AF_INET'`, `'AF_INET6'` or `'AF_UNIX'`. @default the family of the address, else `'AF_UNIX'`
   * @param backlog - how many the system may keep waiting, in bursts: they are all taken as soon as the event loop turns.
   *   @default 511; Python's 1 makes clients that come at once wait for seconds
   * @param authkey - bytes that clients must have too. @default anybody may connect
   * @throws ValueError for an unknown family; TypeError for an address, a key or an option of the wrong type.
   * @throws OSError when the address cannot be had: it is in use, or not of this machine.
   */
  constructor(
    address?: Address | null,
    family?: Family | null,
    backlog?: number | null,
    authkey?: Uint8Array | null,
    options?: SocketOptions,
  );
  constructor(
    address: Address | null,
    family: Family | null,
    backlog: number | null,
    options?: Omit<ListenerOptions, 'address' | 'family' | 'backlog'>,
  );
  constructor(
    address: Address | null,
    family: Family | null,
    options?: Omit<ListenerOptions, 'address' | 'family'>,
  );
  constructor(address: Address | null, options?: Omit<ListenerOptions, 'address'>);
  constructor(options?: ListenerOptions);
  constructor(...args: unknown[]) {
    const { address, family, backlog, authkey, timeout, maxlength, codec } = bind(args);
    const known = checkFamily(family ?? (address === null ? defaultFamily() : addressType(address)));
    const queue = checkBacklog(backlog);
    const options = {
      key: checkAuthkey(authkey),
      timeout: checkSeconds(timeout),
      longest: checkLength(maxlength),
      codec: checkCodec(codec),
    };
    const { place, directory } =
      address === null ? arbitraryPlace(known) : { place: placeOf(address, known), directory: null };
    const opened = openServer(place, queue);
    this.#address = opened.address;
    this.#acceptor = new Acceptor(opened.server, options);
    open.set(this.#acceptor, cleanup(place.family === 'AF_UNIX' ? place.path : null, directory));
    dropped.register(this, this.#acceptor, this);
    if (watchesExit) return;
    watchesExit = true;
    process.once('exit', () => {
      for (const acceptor of [...open.keys()]) finish(acceptor);
    });
  }

  /** Stops listening: nobody is accepted any more, and who waits for it is cut off. Connections stay. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    dropped.unregister(this);
    finish(this.#acceptor);
  }

  /**
   * Where it listens: `[host, port]`, or a path.
   *
   * @throws AttributeError after `close`.
   */
  get address(): Address {
    this.#checkOpen('_address');
    return this.#address;
  }

  /** The address of who was accepted last, `''` for a client of a path; `null` before. */
  get last_accepted(): Address | null {
    this.#checkOpen('_last_accepted');
    return this.#last;
  }

  #checkOpen(name: string): void {
    if (this.#closed) throw new AttributeError(`'NoneType' object has no attribute '${name}'`);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The next arrival: what waits for it may give that up by `forget` of the acceptor. */
  protected get acceptor(): Acceptor {
    if (this.#closed) throw new OSError('listener is closed');
    return this.#acceptor;
  }

  /** What has come of a client is told to who accepts. @throws what went wrong with it */
  protected channelOf(arrival: Arrival): SocketChannel {
    this.#last = arrival.from ?? this.#last;
    if ('error' in arrival) throw arrival.error;
    return arrival.channel;
  }
}

/** Its own copy. @throws TypeError */
export function checkAuthkey(authkey: unknown): Uint8Array | null {
  if (authkey === null || authkey === undefined) return null;
  if (!types.isUint8Array(authkey)) throw new TypeError('authkey should be a byte string');
  return new Uint8Array(Buffer.from(authkey));
}

export function checkLength(maxlength: unknown): number {
  if (maxlength === null || maxlength === undefined) return LONGEST;
  if (typeof maxlength === 'number' && maxlength >= 0) return Math.min(maxlength, LONGEST);
  throw new TypeError('maxlength must be a number of bytes, 0 or more');
}

function checkBacklog(backlog: unknown): number {
  if (typeof backlog === 'number' && Number.isInteger(backlog)) return Math.max(backlog, 1);
  throw new TypeError('backlog must be an integer');
}

/** Node removes the socket itself, but not when the process ends before that. */
function cleanup(path: string | null, directory: string | null): () => void {
  return () => {
    try {
      if (path !== null) unlinkSync(path);
    } catch {
      // It is gone.
    }
    try {
      if (directory !== null) rmdirSync(directory);
    } catch {
      // Somebody has put something there.
    }
  };
}
