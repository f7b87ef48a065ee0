import { fstatSync } from 'node:fs';
import { Pipe } from 'multiprocessing-ts';
import type { Connection } from 'multiprocessing-ts/connection';
import { oracle } from '../support';

/** What CPython 3.11 answered. */
export const recorded = oracle('c01_connection');

const opened: Connection[] = [];

/** Makes pipes that are closed by {@link closeAll}. */
export const pipesOf =
  (make: typeof Pipe) =>
  (duplex = true): [Connection, Connection] => {
    const ends = make(duplex);
    opened.push(...ends);
    return ends;
  };

/** A pipe that is closed by {@link closeAll}. */
export const pipe = pipesOf(Pipe);

/** Closes what tests have opened. */
export function closeAll(): void {
  for (const connection of opened.splice(0)) connection.close();
}

/** Bytes as the recording has them. */
export const hex = (bytes: Uint8Array): { bytes: string } => ({ bytes: Buffer.from(bytes).toString('hex') });

/** Sends back whatever comes, until the end. */
export async function echo(connection: Connection): Promise<void> {
  try {
    for (;;) await connection.send(await connection.recv());
  } catch (error) {
    if ((error as Error).name !== 'EOFError') throw error;
  }
  connection.close();
}

/** Bytes of shared memory that all of the family take: see lib/util/family_file.ts. */
export function sharedBytes(): number {
  const holder = globalThis as unknown as Record<symbol, { readonly fd: number } | undefined>;
  const family = holder[Symbol.for('multiprocessing-ts.family')];
  return family === undefined ? 0 : fstatSync(family.fd).blocks * 512;
}
