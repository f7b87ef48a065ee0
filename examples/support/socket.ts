import { once } from 'node:events';
import * as net from 'node:net';
import {
  BrokenPipeError,
  ConnectionRefusedError,
  ConnectionResetError,
  OSError,
} from 'multiprocessing-ts/builtins';

type Address = [host: string, port: number];

const ERRORS: Record<string, typeof OSError | undefined> = {
  ECONNREFUSED: ConnectionRefusedError,
  ECONNRESET: ConnectionResetError,
  EPIPE: BrokenPipeError,
};

/** Node's error under Python's name. */
function translated(error: NodeJS.ErrnoException): OSError {
  const { code = '' } = error;
  return new (ERRORS[code] ?? OSError)(error.message, { code, cause: error });
}

/**
 * The part of Python's `socket` that the examples use, on `node:net`: what blocks there is awaited here.
 */
export class Socket {
  #connection: net.Socket | null;
  #server: net.Server | null = null;
  #address: Address = ['127.0.0.1', 0];
  #error: OSError | null = null;
  /** Accepted by Node, and not yet by `accept`. */
  #accepted: net.Socket[] = [];

  constructor(connection: net.Socket | null = null) {
    this.#connection = connection;
    connection?.on('error', (error) => {
      this.#error = translated(error);
    });
  }

  bind(address: Address): void {
    this.#address = address;
  }

  async listen(backlog: number): Promise<void> {
    const [host, port] = this.#address;
    const server = net.createServer({ pauseOnConnect: true }, (connection) => {
      this.#accepted.push(connection);
      server.emit('accepted');
    });
    this.#server = server;
    server.listen({ host, port, backlog });
    await once(server, 'listening');
  }

  /** The address at which it listens: Python's `getsockname()`. */
  getsockname(): Address {
    const address = this.#server?.address() as net.AddressInfo;
    return [address.address, address.port];
  }

  async accept(): Promise<[Socket, Address]> {
    for (;;) {
      const connection = this.#accepted.shift();
      if (connection !== undefined) {
        return [new Socket(connection), [connection.remoteAddress ?? '', connection.remotePort ?? 0]];
      }
      if (this.#server?.listening !== true) throw new OSError('Bad file descriptor', { code: 'EBADF' });
      await once(this.#server, 'accepted');
    }
  }

  async connect([host, port]: Address): Promise<void> {
    const connection = net.connect({ host, port });
    this.#connection = connection;
    await new Promise<void>((resolve, reject) => {
      connection.once('connect', resolve);
      connection.on('error', (error) => {
        this.#error = translated(error);
        reject(this.#error);
      });
    });
  }

  /** Up to `size` bytes, as soon as there are some; none when the other end has closed. */
  async recv(size: number): Promise<Buffer> {
    const connection = this.#open();
    for (;;) {
      const { readableLength } = connection;
      const data = connection.read(Math.min(size, readableLength) || undefined) as Buffer | null;
      if (data !== null) return data;
      if (this.#error !== null) throw this.#error;
      if (connection.readableEnded || connection.destroyed) return Buffer.alloc(0);
      await new Promise<void>((resolve) => {
        const events = ['readable', 'end', 'close'];
        const done = (): void => {
          for (const event of events) connection.off(event, done);
          resolve();
        };
        for (const event of events) connection.on(event, done);
      });
    }
  }

  async send(data: Uint8Array): Promise<number> {
    const connection = this.#open();
    await new Promise<void>((resolve, reject) => {
      connection.write(data, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(translated(error));
      });
    });
    return data.length;
  }

  close(): void {
    this.#server?.close();
    this.#connection?.destroySoon();
  }

  #open(): net.Socket {
    if (this.#connection === null) throw new OSError('Socket is not connected', { code: 'ENOTCONN' });
    return this.#connection;
  }
}

export function socket(): Socket {
  return new Socket();
}
