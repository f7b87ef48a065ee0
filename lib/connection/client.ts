import net, { type Socket } from 'node:net';
import { AuthenticationError } from '../errors';
import { checkSeconds } from '../util/timeout';
import { signature } from '../util/keywords';
import { osErrorOf } from '../util/os_error_of';
import { clearTimeout, now, setTimeout } from '../util/timers';
import { constants } from 'node:os';
import { checkCodec, picklerFor } from './codec';
import type { Connection } from './connection';
import { connectionOver } from './connection_over';
import { shakeHands } from './handshake';
import { checkAuthkey, checkLength, HANDSHAKE_SECONDS, type SocketOptions } from './listener';
import { KEEP_ALIVE } from './open_server';
import { addressType, checkFamily, placeOf, type Address, type Family, type Place } from './socket_address';
import { SocketChannel } from './socket_channel';
import { socketError } from './socket_error';

/** What {@link Client} can be given by keyword. */
export interface ClientOptions extends SocketOptions {
  readonly family?: Family | null;
  readonly authkey?: Uint8Array | null;
}

const bind = signature({
  name: 'Client',
  defaults: (): {
    address: unknown;
    family: unknown;
    authkey: unknown;
    timeout: number | null;
    maxlength: unknown;
    codec: unknown;
  } => ({
    address: null,
    family: null,
    authkey: null,
    timeout: HANDSHAKE_SECONDS,
    maxlength: null,
    codec: null,
  }),
  required: 1,
  keywordOnly: ['timeout', 'maxlength', 'codec'],
});

/** How often somebody is asked whose queue is full, in milliseconds: at first, and later. */
const SOON = 1;
const LATER = 50;

/**
 * Connects to a {@link Listener}, of Python or of Node, and resolves to the connection.
 *
 * @param address - `[host, port]`, or a path.
 * @param family - `'AF_INET'`, `'AF_INET6'` or `'AF_UNIX'`. @default the family of the address
 * @param authkey - the key of the listener. Both ends show that they have it. @default none
 * @throws ConnectionRefusedError, FileNotFoundError, another OSError when there is no way to it.
 * @throws AuthenticationError when the key is wrong, or the listener does not ask for one within `timeout` seconds.
 * @throws EOFError when the listener closes the connection in the middle of the handshake.
 * @throws TimeoutError (the builtin) when it cannot be reached within `timeout` seconds.
 * @example
 * const connection = await Client(['localhost', 6000], { authkey: Buffer.from('secret') });
 * await connection.send('hello');
 */
export function Client(
  address: Address,
  family?: Family | null,
  authkey?: Uint8Array | null,
  options?: SocketOptions,
): Promise<Connection>;
export function Client(
  address: Address,
  family: Family | null,
  options?: Omit<ClientOptions, 'family'>,
): Promise<Connection>;
export function Client(address: Address, options?: ClientOptions): Promise<Connection>;
export async function Client(...args: unknown[]): Promise<Connection> {
  const { address, family, authkey, timeout, maxlength, codec } = bind(args);
  const place = placeOf(address, checkFamily(family ?? addressType(address)));
  const key = checkAuthkey(authkey);
  const longest = checkLength(maxlength);
  const wish = checkCodec(codec);
  const seconds = checkSeconds(timeout);
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;

  const socket = await connect(place, deadline);
  const channel = new SocketChannel(socket, picklerFor(wish, false), longest, false);
  const connection = connectionOver(channel);
  if (key === null) return connection;
  const late = { is: false };
  const stop = at(deadline, () => {
    late.is = true;
    connection.close();
  });
  try {
    channel.isFamily = await shakeHands(connection, key, 'client');
    channel.pickler = picklerFor(wish, channel.isFamily);
    return connection;
  } catch (cause) {
    connection.close();
    if (!late.is) throw cause;
    const text = `the listener has not authenticated this client within ${seconds ?? 0} s: has it an authkey?`;
    throw new AuthenticationError(text, { cause });
  } finally {
    stop();
  }
}

async function connect(place: Place, deadline: number): Promise<Socket> {
  for (let pause = SOON; ; pause = Math.min(2 * pause, LATER)) {
    try {
      return await connectOnce(place, deadline);
    } catch (error) {
      // The queue of a path is full: who may block waits for room there, but node says so.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function connectOnce(place: Place, deadline: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE,
      ...(place.family === 'AF_UNIX'
        ? { path: place.path }
        : { host: place.host || 'localhost', port: place.port, family: place.family === 'AF_INET' ? 4 : 6 }),
    } as net.NetConnectOpts);
    const stop = at(deadline, () => {
      socket.destroy();
      reject(osErrorOf(constants.errno.ETIMEDOUT));
    });
    const fail = (error: Error): void => {
      stop();
      reject(socketError(error));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      stop();
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** Calls `expire` at a time of the clock; never for `Infinity`. @returns what prevents it. */
function at(deadline: number, expire: () => void): () => void {
  if (deadline === Infinity) return () => undefined;
  const timer = setTimeout(expire, Math.min(Math.max(0, deadline - now()), 2 ** 31 - 1));
  return () => clearTimeout(timer);
}
