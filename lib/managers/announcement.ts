import { Buffer } from 'node:buffer';
import type { Channel } from '../connection/channel';
import { Client } from '../connection/client';
import type { Codec } from '../connection/codec';
import type { Connection } from '../connection/connection';
import { Listener } from '../connection/listener';
import { dumps, unpack } from '../connection/pickle';
import { Pipe } from '../connection/pipe';
import { blockingDepth } from '../engine/blocking';
import { AuthenticationError, EOFError } from '../errors';
import { arena } from '../native/arena';
import { Eventual } from '../util/eventual';
import type { Address } from './address';

/** What a new server tells whoever has started it. */
export interface Started {
  /** Where it serves; `null`: nowhere. */
  readonly address: Address | null;
  readonly error: unknown;
}

/** By what it does: a pipe, or a listener at this address. */
export type Mouth = Connection | { readonly address: Address };

/** How it is heard by whoever has started the server. */
export interface Ear {
  readonly mouth: Mouth;
  /** The server has been started, and has the mouth. @param ended - for when it has ended. */
  started(ended: () => Eventual<boolean>): void;
  /** @throws EOFError when it has ended and said nothing. */
  heard(): Eventual<unknown>;
  close(): void;
}

/** @param authkey - of the manager, in hex. */
export const listen = (authkey: string): Ear =>
  arena().mapping.isOfThreads ? byListener(authkey) : byPipe();

function byPipe(): Ear {
  const [reader, writer] = Pipe(false);
  return {
    mouth: writer,
    started() {
      writer.close();
    },
    heard: () =>
      blockingDepth() > 0
        ? Eventual.try(() => Eventual.of(receiveNow(reader.source as Channel)))
        : Eventual.from(reader.recv()),
    close() {
      reader.close();
    },
  };
}

const receiveNow = (channel: Channel): unknown =>
  (channel.receiveSync((bytes) => unpack(bytes), Infinity) as { readonly value: () => unknown }).value();

/** Values as pipes send them: both ends are of this package. */
const VALUES: Codec = {
  dumps: (value) => Buffer.concat(dumps(value).pieces),
  loads: (bytes) => unpack(Buffer.from(bytes))(),
};

/** Where processes share no memory. */
function byListener(authkey: string): Ear {
  const listener = new Listener(null, null, { authkey: Buffer.from(authkey, 'hex'), codec: VALUES });
  return {
    mouth: { address: listener.address },
    started(ended) {
      ended().whenSettled(() => {
        listener.close();
      });
    },
    heard: () => Eventual.from(hear(listener)),
    close() {
      listener.close();
    },
  };
}

async function hear(listener: Listener): Promise<unknown> {
  const connection = await acceptFrom(listener);
  try {
    return await connection.recv();
  } finally {
    connection.close();
  }
}

async function acceptFrom(listener: Listener): Promise<Connection> {
  for (;;) {
    try {
      return await listener.accept();
    } catch (error) {
      // A stranger has knocked.
      if (error instanceof AuthenticationError) continue;
      throw new EOFError(undefined, { cause: error });
    }
  }
}

/** Says it, in the server. */
export async function announce(mouth: Mouth, authkey: string, started: Started): Promise<void> {
  const writer =
    'send' in mouth
      ? mouth
      : await Client(mouth.address, { authkey: Buffer.from(authkey, 'hex'), codec: VALUES });
  try {
    await writer.send(started);
  } catch {
    const { error } = started;
    await writer.send({ address: null, error: new Error(String(error)) } satisfies Started);
  }
  // Who listens closes the connection when all was heard: our end might be heard before that.
  if (writer !== mouth) await writer.poll(Infinity);
  writer.close();
}
