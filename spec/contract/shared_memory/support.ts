import { spawn, spawnSync } from 'node:child_process';
import { existsSync, unlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  ShareableList,
  SharedMemory,
  type GivenItem,
  type SharedMemoryOptions,
} from 'multiprocessing-ts/shared_memory';
import { oracle } from '../support';
import { findPython } from '../../support/python';

/** What CPython 3.11 answered. */
export const recorded = oracle('s01_shared_memory');

/** Where the system keeps it. */
export const fileOf = (name: string): string => `/dev/shm/${name}`;
export const exists = (name: string): boolean => existsSync(fileOf(name));

const made: SharedMemory[] = [];

/** Made, or attached to, for a test: it is closed and unlinked after it. */
export function memory(options: SharedMemoryOptions): SharedMemory {
  const shm = new SharedMemory(options);
  made.push(shm);
  return shm;
}

/** A list that is gone after the test. */
export function list(items: Iterable<GivenItem>, name: string | null = null): ShareableList {
  const fresh = new ShareableList(items, { name });
  made.push(fresh.shm);
  return fresh;
}

/** As {@link list}, of that name. */
export function attached(name: string): ShareableList {
  const same = new ShareableList({ name });
  made.push(same.shm);
  return same;
}

/** Nothing stays, in whatever way a test ends. */
export function cleanUp(): void {
  for (const shm of made.splice(0)) {
    shm.close();
    try {
      shm.unlink();
    } catch {
      // It has been.
    }
  }
}

/** Takes a file away that a program has left on purpose. */
export function remove(name: string): void {
  if (exists(name)) unlinkSync(fileOf(name));
}

/** A value as the recording has it: bytes in hex. */
export function plain(value: unknown): unknown {
  if (Number.isNaN(value)) return 'NaN';
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  return Array.isArray(value) ? value.map(plain) : value;
}

/** A name that no other test has. */
let count = 0;
export const freshName = (theme = 'spec'): string => `mpts_${theme}_${process.pid}_${count++}`;

// ------------------------------------------------------------------- Python

const python = findPython() ?? 'python3';

/** What every program of Python's begins with here. */
const PRELUDE = `
import json, struct, sys
from multiprocessing.shared_memory import SharedMemory, ShareableList
def forget(shm):
    """Up to 3.12, Python unlinks at its end also what it has only attached to."""
    from multiprocessing import resource_tracker
    resource_tracker.unregister('/' + shm.name, 'shared_memory')
def attach(name):
    if sys.version_info >= (3, 13): return SharedMemory(name, track=False)
    shm = SharedMemory(name); forget(shm); return shm
def attach_list(name):
    items = ShareableList(name=name); forget(items.shm); return items
def say(value): print(json.dumps(value), flush=True)
args = json.loads(sys.argv[1])
`;

/** What the program has said, line by line; and what it has complained of. */
export function runPython(program: string, ...args: unknown[]): { said: unknown[]; stderr: string } {
  const { stdout, stderr } = spawnSync(python, ['-c', PRELUDE + program, JSON.stringify(args)], {
    encoding: 'utf8',
    timeout: 45_000,
  });
  const said = stdout.split('\n').filter((line) => line !== '');
  return { said: said.map((line) => JSON.parse(line) as unknown), stderr };
}

/** A program of Python's that goes on when it is told to: `next()` in it. */
export interface Conversation {
  /** What it says next. */
  hear(): Promise<unknown>;
  /** It may go on; with this, if it wants to know. */
  tell(value?: unknown): void;
  /** Ends it if it has not ended. */
  stop(): void;
  /** Resolves when it has ended, to what it has complained of. */
  readonly ended: Promise<string>;
}

export function talkWithPython(program: string, ...args: unknown[]): Conversation {
  const next = 'def next(): return json.loads(sys.stdin.readline())\n';
  const child = spawn(python, ['-c', PRELUDE + next + program, JSON.stringify(args)]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    hear: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`it says nothing more:\n${stderr}`);
      return JSON.parse(value) as unknown;
    },
    tell: (value = null) => {
      child.stdin.write(`${JSON.stringify(value)}\n`);
    },
    stop: () => {
      child.stdin.end();
    },
    ended: new Promise((resolve) => {
      child.once('close', () => {
        resolve(stderr);
      });
    }),
  };
}
