import { fstatSync, readdirSync, readlinkSync } from 'node:fs';
import { Pipe } from 'multiprocessing-ts';
import type { Connection } from 'multiprocessing-ts/connection';
import { oracle } from '../support';

/** What CPython 3.11 answered. */
export const recorded = oracle('c01_connection');

const opened: Connection[] = [];

/** A pipe that is closed by {@link closeAll}. */
export function pipe(duplex = true): [Connection, Connection] {
  const ends = Pipe(duplex);
  opened.push(...ends);
  return ends;
}

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

/** Bytes of shared memory that all of the family take. */
export function sharedBytes(): number {
  const fd = readdirSync('/proc/self/fd').find((each) => {
    try {
      return /multiprocessing-ts-\d+-/.test(readlinkSync(`/proc/self/fd/${each}`));
    } catch {
      return false;
    }
  });
  return fd === undefined ? 0 : fstatSync(Number(fd)).blocks * 512;
}
