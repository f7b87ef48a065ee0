import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { currentCaller, type BaseManager, type Server } from 'multiprocessing-ts/managers';
import { ValueError } from 'multiprocessing-ts/builtins';
import { Empty } from 'multiprocessing-ts/queue';
import { findPython } from '../../support/python';
import { oracle, soon } from '../support';

/** What CPython 3.11 answered. */
export const recorded = oracle('m04_manager_semantics');

export const AUTHKEY = Buffer.from('secret');

/** What shared objects of the specs throw that no other class knows. */
export class OwnError extends Error {}

/** The class that specs share objects of. */
export class Counter {
  static readonly parameters = { __init__: ['start', 'step'], add: ['number'] };

  #value: number;
  readonly #step: number;
  #kept: Counter | null = null;
  readonly attribute = 5;

  constructor(start = 0, step = 1) {
    this.#value = start;
    this.#step = step;
  }

  increment(): number {
    return (this.#value += this.#step);
  }

  add(number: number): number {
    return (this.#value += number);
  }

  echo<T>(value: T): T {
    return value;
  }

  options(...args: unknown[]): unknown {
    return args;
  }

  fail(): never {
    throw new ValueError('boom');
  }

  fail_own(): never {
    throw new OwnError('mine');
  }

  unpicklable(): unknown {
    return [Promise.resolve()];
  }

  *numbers(): Generator<number> {
    yield* [0, 1, 2];
  }

  async later(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return 'later';
  }

  forever(): Promise<never> {
    return new Promise(() => undefined);
  }

  /** Keeps all of its process. */
  block(): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }

  keep(counter: Counter): void {
    this.#kept = counter;
  }

  increment_kept(): unknown {
    return this.#kept?.increment();
  }

  give_kept(): Counter | null {
    return this.#kept;
  }

  caller(): string {
    return currentCaller()?.name ?? '';
  }

  pid(): number {
    return process.pid;
  }

  _hidden(): string {
    return 'hidden';
  }
}

/** A queue, for what waits. */
export class Mailbox {
  readonly #items: unknown[] = [];
  readonly #waiting: ((item: unknown) => void)[] = [];

  put(item: unknown): void {
    const first = this.#waiting.shift();
    if (first === undefined) this.#items.push(item);
    else first(item);
  }

  get(block = true): unknown {
    if (this.#items.length > 0) return this.#items.shift();
    if (!block) throw new Empty();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  waiting(): number {
    return this.#waiting.length;
  }
}

// ------------------------------------------------------------ cleaning up

const managers: BaseManager[] = [];
const servers: Server[] = [];
const children: ChildProcess[] = [];

/** Starts it; it is shut down by {@link endAll}. */
export async function started<M extends BaseManager, A extends readonly unknown[]>(
  manager: M,
  initializer: ((...args: A) => unknown) | null = null,
  initargs: A | null = null,
): Promise<M> {
  managers.push(manager);
  return soon(manager.start(initializer, initargs));
}

/** A server in this process; it is stopped by {@link endAll}. */
export function serving(manager: BaseManager): Server {
  const server = manager.get_server();
  servers.push(server);
  return server;
}

/** Ends what tests have begun. */
export async function endAll(): Promise<void> {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  for (const manager of managers.splice(0)) if (manager._process !== null) await manager.shutdown();
  for (const server of servers.splice(0)) await server.stop();
}

// ----------------------------------------------------------------- Python

function python(script: string, ...args: (string | number)[]): ChildProcess {
  const child = spawn(findPython() ?? '', [join(__dirname, 'python', script), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

const textOf = async (child: ChildProcess, name: 'stdout' | 'stderr'): Promise<string> => {
  let text = '';
  for await (const chunk of child[name] as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
};

/** What scenarios of python/client.py have seen. */
export async function pythonClient(
  port: number,
  scenarios: readonly string[],
): Promise<Record<string, unknown>> {
  const child = python('client.py', port, ...scenarios);
  const [out, err] = await soon(Promise.all([textOf(child, 'stdout'), textOf(child, 'stderr')]));
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Record<string, unknown>;
}

export interface PythonServer {
  readonly address: readonly [string, number];
  readonly process: ChildProcess;
}

/** A server of Python. */
export async function pythonServer(kind: 'own' | 'sync'): Promise<PythonServer> {
  const child = python('server.py', kind);
  const [chunk] = (await soon(once(child.stdout as NonNullable<typeof child.stdout>, 'data'))) as [Buffer];
  return { address: ['127.0.0.1', Number(chunk.toString())], process: child };
}
