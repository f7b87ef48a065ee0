import { rmSync } from 'node:fs';
import { dirname, basename } from 'node:path';
import { Pipe } from '../connection/pipe';
import { EOFError, ProcessError } from '../errors';
import type { Process } from '../process/index';
import { active_children } from '../process/index';
import { info } from '../util/log';
import type { Address } from './address';
import { homeAt } from './client/homes';
import { runServer, type ServerWork, type Started } from './run_server';

type AnyProcess = Process<[ServerWork]>;

/** A class of processes: those of a context. */
export type ProcessClass = typeof Process;

/** Those that run, for when this process ends. */
const running = new Set<ServerProcess>();
let isListening = false;

/** The process that serves one manager, as the one that has started it sees it. */
export class ServerProcess {
  readonly process: AnyProcess;
  readonly #authkey: string;
  readonly #timeout: number;
  #address: Address | null = null;
  #ending: Promise<void> | null = null;

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
  static async start(
    Class: ProcessClass,
    name: string,
    work: Omit<ServerWork, 'writer'>,
    timeout: number,
  ): Promise<ServerProcess> {
    const [reader, writer] = Pipe(false);
    const made = new Class({
      target: runServer,
      args: [{ ...work, writer }],
      // It may have children of its own: the workers of a Pool.
      daemon: false,
    }) as unknown as AnyProcess;
    made.name = `${name}-${made.name.slice(made.name.lastIndexOf('-') + 1)}`;
    const server = new ServerProcess(made, work.authkey, timeout);
    made.start();
    writer.close();
    running.add(server);
    watchExit();
    try {
      server.#address = await server.#hear(reader);
    } catch (error) {
      await made.join();
      running.delete(server);
      throw error;
    } finally {
      reader.close();
    }
    return server;
  }

  get address(): Address {
    return this.#address as Address;
  }

  async #hear(reader: { recv(): Promise<unknown> }): Promise<Address> {
    let started: Started;
    try {
      started = (await reader.recv()) as Started;
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
      await this.process.join();
      throw new ProcessError(
        `the manager's process has ended before it served (exitcode ${this.process.exitcode ?? 0})`,
      );
    }
    if (started.address === null) throw started.error;
    return started.address;
  }

  /** Asks it to end, and after a while does not ask any more. Resolves when it has ended. */
  shutdown(): Promise<void> {
    this.#ending ??= this.#shutdown();
    return this.#ending;
  }

  async #shutdown(): Promise<void> {
    const { process: made } = this;
    const home = homeAt(this.address, this.#authkey);
    if (made.is_alive()) {
      info('sending shutdown message to manager');
      const asked = home.control('shutdown').catch(() => undefined);
      await Promise.race([asked, made.join(this.#timeout)]);
      await made.join(this.#timeout);
      if (made.is_alive()) {
        info('manager still alive: trying to `terminate()` manager process');
        made.terminate();
        await made.join(this.#timeout);
        if (made.is_alive()) {
          info('manager still alive after terminate');
          made.kill();
        }
      }
      await made.join();
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
  await Promise.all([...running].map((server) => server.shutdown()));
}
