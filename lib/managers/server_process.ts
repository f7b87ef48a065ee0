import { rmSync } from 'node:fs';
import { dirname, basename } from 'node:path';
import { EOFError, ProcessError } from '../errors';
import { ProcessCore } from '../process/process_core';
import { stateOf, type ProcessObject } from '../process/process_object';
import { ending } from '../process/sentinels';
import { Eventual, go, type Course } from '../util/eventual';
import { active_children } from '../process/index';
import { info } from '../util/log';
import type { Address } from './address';
import { listen, type Ear, type Started } from './announcement';
import { homeAt } from './client/homes';
import { runServer, type ServerWork } from './run_server';

type AnyProcess = ProcessCore<[ServerWork]>;

/** A class of processes: those of a context. */
export type ProcessClass = typeof ProcessCore;

/** The end of a process that was started, within so many seconds; `null` for ever. */
export function ended(made: ProcessObject, seconds: number | null): Eventual<boolean> {
  const { popen } = stateOf(made);
  return popen === null ? Eventual.of(true) : ending(popen, seconds);
}

/** When one of them is settled. */
function first(...all: readonly Eventual<unknown>[]): Eventual<void> {
  const result = new Eventual<void>();
  for (const each of all) {
    each.whenSettled(() => {
      result.settle();
    });
  }
  return result;
}

/** A thread that serves, for who blocks its own. */
export class ServerThread extends ProcessCore {
  protected static override readonly start_method = 'thread';
}

/** Those that run, for when this process ends. */
const running = new Set<ServerProcess>();
let isListening = false;

/** The process that serves one manager, as the one that has started it sees it. */
export class ServerProcess {
  readonly process: AnyProcess;
  readonly #authkey: string;
  readonly #timeout: number;
  #address: Address | null = null;
  #ending: Eventual<void> | null = null;

  /** @param timeout - seconds to wait for each way of ending it. */
  constructor(made: AnyProcess, authkey: string, timeout: number) {
    this.process = made;
    this.#authkey = authkey;
    this.#timeout = timeout;
  }

  /**
   * Starts one. Resolves when it serves.
   *
   * @throws whatever its initializer throws, or listening at its address; ProcessError when it ends before it serves.
   */
  static *start(
    Class: ProcessClass,
    name: string,
    work: Omit<ServerWork, 'mouth'>,
    timeout: number,
  ): Course<ServerProcess> {
    const ear = listen(work.authkey);
    const made = new Class({
      target: runServer,
      args: [{ ...work, mouth: ear.mouth }],
      // It may have children of its own: the workers of a Pool.
      daemon: false,
    }) as unknown as AnyProcess;
    made.name = `${name}-${made.name.slice(made.name.lastIndexOf('-') + 1)}`;
    const server = new ServerProcess(made, work.authkey, timeout);
    try {
      made.start();
    } catch (error) {
      ear.close();
      throw error;
    }
    ear.started(() => server.#end(null));
    running.add(server);
    watchExit();
    try {
      server.#address = yield* server.#hear(ear);
    } catch (error) {
      yield* server.#end(null);
      running.delete(server);
      throw error;
    } finally {
      ear.close();
    }
    return server;
  }

  get address(): Address {
    return this.#address as Address;
  }

  *#hear(ear: Ear): Course<Address> {
    let started: Started;
    try {
      started = (yield* ear.heard()) as Started;
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
      yield* this.#end(null);
      throw new ProcessError(
        `the manager's process has ended before it served (exitcode ${this.process.exitcode ?? 0})`,
      );
    }
    if (started.address === null) throw started.error;
    return started.address;
  }

  /** Asks it to end, and after a while does not ask any more. Resolves when it has ended. */
  shutdown(): Eventual<void> {
    this.#ending ??= go(this.#shutdown());
    return this.#ending;
  }

  /** Its end, within so many seconds; `null` for ever. */
  #end(seconds: number | null): Eventual<boolean> {
    return ended(this.process, seconds);
  }

  *#shutdown(): Course<void> {
    const { process: made } = this;
    const home = homeAt(this.address, this.#authkey);
    if (made.is_alive()) {
      info('sending shutdown message to manager');
      yield* first(home.control('shutdown'), this.#end(this.#timeout));
      yield* this.#end(this.#timeout);
      if (made.is_alive()) {
        info('manager still alive: trying to `terminate()` manager process');
        made.terminate();
        yield* this.#end(this.#timeout);
        if (made.is_alive()) {
          info('manager still alive after terminate');
          made.kill();
        }
      }
      yield* this.#end(null);
    }
    this.#ended();
  }

  /** For when the event loop does not run any more. */
  terminateNow(): void {
    if (this.process.is_alive()) this.process.terminate();
    this.#clean();
  }

  #ended(): void {
    if (!running.delete(this)) return;
    this.#clean();
  }

  /** What it could not remove itself: its socket. */
  #clean(): void {
    const address = this.#address;
    if (typeof address !== 'string') return;
    try {
      rmSync(address, { force: true });
      if (basename(dirname(address)).startsWith('pymp-'))
        rmSync(dirname(address), { recursive: true, force: true });
    } catch {
      // Whoever may not remove it leaves it.
    }
  }
}

/**
 * A manager does not keep the program running, and does not survive it. Processes that the program waits for anyway
 * may still use it: it is shut down after them (in Python before them).
 */
function watchExit(): void {
  if (isListening) return;
  isListening = true;
  process.prependListener('beforeExit', () => {
    if (running.size > 0) void endAll();
  });
  process.prependListener('exit', () => {
    for (const server of running) server.terminateNow();
  });
}

async function endAll(): Promise<void> {
  const served = new Set<object>([...running].map((server) => server.process));
  const others = active_children().filter((child) => !child.daemon && !served.has(child));
  await Promise.all(others.map((child) => child.join()));
  await Promise.all([...running].map((server) => server.shutdown().promise()));
}
