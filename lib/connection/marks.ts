import { Buffer } from 'node:buffer';
import { fstatSync, readFileSync } from 'node:fs';
import { familyOrNone } from '../util/family_file';
import { crypto, hmac } from './challenge';

/**
 * A challenge is 40 bytes that nobody can foresee. Ours are
 *
 *     24 of chance | 8 that say which end has made it | 8 that say to which family of processes that belongs
 *
 * The last two are HMACs over the first with the key: who has no key sees chance, CPython does not look, and who
 * changes a bit of it breaks the handshake.
 */
const CHANCE = 24;
const MARK = 8;
export const MESSAGE_LENGTH = CHANCE + 2 * MARK;
const DIGEST = 'sha256';
const PREFIX = Buffer.from(`{${DIGEST}}`);

/** Which end of the connection delivers a challenge. */
export type Side = 'listener' | 'client';

/** What a challenge tells about who has made it. */
export interface Marks {
  /** `null` if it is none of ours. */
  readonly side: Side | null;
  readonly isFamily: boolean;
}

export function makeChallenge(key: Uint8Array, side: Side | null): Buffer {
  const message = Buffer.concat([PREFIX, crypto().randomBytes(MESSAGE_LENGTH)]);
  if (side === null) return message;
  const chance = message.subarray(PREFIX.length, PREFIX.length + CHANCE);
  message.set(mark(key, side, chance), PREFIX.length + CHANCE);
  const family = familyName();
  if (family !== null) message.set(mark(key, `${side} of ${family}`, chance), PREFIX.length + CHANCE + MARK);
  return message;
}

export function marksOf(key: Uint8Array, message: Buffer): Marks {
  if (
    message.length !== PREFIX.length + MESSAGE_LENGTH ||
    !message.subarray(0, PREFIX.length).equals(PREFIX)
  ) {
    return { side: null, isFamily: false };
  }
  const chance = message.subarray(PREFIX.length, PREFIX.length + CHANCE);
  const sideMark = message.subarray(PREFIX.length + CHANCE, -MARK);
  const side = (['listener', 'client'] as const).find((each) => mark(key, each, chance).equals(sideMark));
  if (side === undefined) return { side: null, isFamily: false };
  const family = familyName();
  const isFamily =
    family !== null && mark(key, `${side} of ${family}`, chance).equals(message.subarray(-MARK));
  return { side, isFamily };
}

function mark(key: Uint8Array, what: string, chance: Uint8Array): Buffer {
  const message = Buffer.concat([Buffer.from(`multiprocessing-ts 1 ${what}\n`), chance]);
  return (hmac(key, message, DIGEST) as Buffer).subarray(0, MARK);
}

let known: { readonly fd: number; readonly name: string } | null = null;

/** The same in all processes of the family and in no other: the file that they share, of this run of the system. */
function familyName(): string | null {
  const family = familyOrNone();
  if (family === null) return null;
  if (known?.fd === family.fd) return known.name;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const { dev, ino } = fstatSync(family.fd, { bigint: true });
    known = { fd: family.fd, name: `${boot} ${dev} ${ino}` };
    return known.name;
  } catch {
    return null;
  }
}
