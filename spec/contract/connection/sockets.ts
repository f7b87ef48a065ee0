import net from 'node:net';
import {
  Client,
  Listener,
  type Address,
  type ClientOptions,
  type Codec,
  type Connection,
  type Family,
  type ListenerOptions,
  type SocketOptions,
} from 'multiprocessing-ts/connection';
import { soon } from '../support';

/** What is to be closed after a test, whether it fails or not. */
const opened: { close(): unknown }[] = [];
const sockets: net.Socket[] = [];

/** A listener that is closed by {@link closeSockets}. */
export function listener(
  first: Address | ListenerOptions | null = null,
  options: ListenerOptions = {},
): Listener {
  const isAddress = first === null || typeof first === 'string' || Array.isArray(first);
  const made = isAddress
    ? new Listener(first as Address | null, options)
    : new Listener(first as ListenerOptions);
  opened.push(made);
  return made;
}

export async function client(address: Address, options?: ClientOptions): Promise<Connection> {
  const made = await soon(Client(address, options));
  opened.push(made);
  return made;
}

export async function accept(from: Listener): Promise<Connection> {
  const made = await soon(from.accept());
  opened.push(made);
  return made;
}

/** Both ends of a connection through a socket of this family, the listener's first. */
export async function ends(
  options: SocketOptions & { readonly family?: Family; readonly authkey?: Uint8Array } = {},
): Promise<[Connection, Connection]> {
  const { family = 'AF_UNIX', ...rest } = options;
  const at = listener({ family, ...rest });
  return Promise.all([accept(at), client(at.address, rest)]);
}

/** A peer that says what the test says, byte for byte. */
export async function raw(address: Address): Promise<net.Socket> {
  const socket = typeof address === 'string' ? net.connect(address) : net.connect(address[1], address[0]);
  sockets.push(socket);
  await soon(
    new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => {
        // It will be cut off.
        socket.off('error', reject).on('error', () => undefined);
        resolve();
      });
    }),
  );
  return socket;
}

/** All that a raw peer gets, until the end. */
export const heard = (socket: net.Socket): Promise<Buffer> =>
  soon(
    new Promise((resolve) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('close', () => resolve(Buffer.concat(chunks)));
    }),
  );

/** One message as it lies on the stream. */
export function framed(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text as string);
  const head = Buffer.alloc(4);
  head.writeInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

export const json: Codec = {
  dumps: (value) => Buffer.from(JSON.stringify(value)),
  loads: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
};

export function closeSockets(): void {
  for (const each of opened.splice(0)) each.close();
  for (const socket of sockets.splice(0)) socket.destroy();
}
