import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What specs of real processes need: run a program as a user does, and look at who is alive. */
const root = resolve(__dirname, '../..');
const programs = join(root, 'spec/fixtures/programs');

/** How long anything waited for may take at most: the machine may be busy. */
export const DEADLINE_MS = 45_000;
/** How long a program may take at most: less than its test. */
const PROGRAM_MS = 100_000;

/** `test` where /proc tells who is alive. */
export const testOnLinux = process.platform === 'linux' ? test : test.skip;

/** Carried in the environment of a program and so of all its descendants, whoever their parent is later. */
const MARK = 'MULTIPROCESSING_TS_SPEC';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly pid: number;
  /** What it has printed to stdout so far. */
  stdout(): string;
  /** Resolves when it has printed this line; rejects when it ends before. */
  printed(line: string): Promise<void>;
  /** Resolves when it has ended and nobody holds its stdout and stderr any more. */
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Sends a signal to the program and all its descendants, as a terminal does. */
  killGroup(signal: NodeJS.Signals): void;
  /** The pids of the program's descendants that are alive. */
  descendants(): number[];
}

export interface Options {
  readonly args?: readonly string[];
  /** Flags of node, before the program. */
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly stdin?: string;
  readonly keepStdinOpen?: boolean;
  /** The command in the place of node, with its arguments. */
  readonly command?: readonly string[];
}

const running = new Set<Program>();

/** The path of a program in spec/fixtures/programs. */
export const program = (name: string): string => join(programs, name);

/** Starts a program of spec/fixtures/programs (or at an absolute path) in a process group of its own. */
export function start(name: string | null, options: Options = {}): Program {
  const {
    args = [],
    flags = [],
    env = {},
    cwd,
    stdin,
    keepStdinOpen,
    command = [process.execPath],
  } = options;
  const mark = randomUUID();
  const file = name === null ? [] : [resolve(programs, name)];
  const [executable, ...rest] = command as [string, ...string[]];
  const child = spawn(executable, [...rest, ...flags, ...file, ...args], {
    cwd: cwd ?? root,
    env: { ...process.env, NODE_OPTIONS: undefined, ...env, [MARK]: mark },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`cannot start ${executable}`);
  child.stdin.on('error', () => undefined);
  if (stdin !== undefined) child.stdin.write(stdin);
  if (keepStdinOpen !== true) child.stdin.end();
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const deadline = setTimeout(() => {
    stderr += '\n[the program was killed by its deadline]';
    self.killGroup('SIGKILL');
  }, PROGRAM_MS);
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code, signal) => {
      clearTimeout(deadline);
      for (const listener of listeners) listener();
      done({ code, signal, stdout, stderr });
    });
  });
  const self: Program = {
    pid,
    stdout: () => stdout,
    printed: (line) =>
      new Promise((done, fail) => {
        const look = (): void => {
          if (`\n${stdout}`.includes(`\n${line}\n`)) done();
          else if (child.exitCode !== null || child.signalCode !== null) {
            fail(new Error(`it ended without printing ${line}:\n${stdout}\n${stderr}`));
          } else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
    ended,
    kill: (signal) => {
      child.kill(signal);
    },
    killGroup: (signal) => {
      try {
        process.kill(-pid, signal);
      } catch {
        // Nobody is left.
      }
    },
    descendants: () => withMark(mark).filter((each) => each !== pid),
  };
  running.add(self);
  return self;
}

/** Runs a program to its end. */
export async function run(name: string | null, options: Options = {}): Promise<Ended> {
  return start(name, options).ended;
}

/** To be called after each test: nothing that was started may be alive then. */
export async function killAll(): Promise<void> {
  for (const each of running) {
    each.killGroup('SIGKILL');
    for (const pid of each.descendants()) kill(pid, 'SIGKILL');
    await each.ended;
  }
  running.clear();
}

/** Waits until `condition` holds: for what no event tells, such as the end of another's child. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`in vain waited until ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** Is there such a process, and is it more than a zombie? */
export function alive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
  } catch {
    return false;
  }
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It was faster.
  }
}

function withMark(mark: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return alive(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK}=${mark}`);
      } catch {
        return false;
      }
    });
}

/** The pids of this process's workers. */
export function workers(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1]);
        return (
          parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('workers/process')
        );
      } catch {
        return false;
      }
    });
}

/** Runs `body` with a directory that is gone afterwards. */
export async function inDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-spec-'));
  try {
    return await body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Rejects when `promise` has not settled in time: a hang is a failure with a name. */
export async function inTime<T>(promise: Promise<T>, what: string, milliseconds = DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      fail(new Error(`${what} hangs`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
