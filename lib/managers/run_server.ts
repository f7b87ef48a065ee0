import { Buffer } from 'node:buffer';
import { getParentWatch } from '../util/parent';
import { isThenable } from '../util/thenable';
import type { Address } from './address';
import { announce, type Mouth } from './announcement';
import type { Registry } from './registry';
import { Segments } from './server/segments';
import { Server } from './server/server';

/** What the process of a manager is told. */
export interface ServerWork {
  readonly registry: Registry;
  readonly address: Address | null;
  /** In hex. */
  readonly authkey: string;
  /** Does memory with names end with it? */
  readonly tracksMemory: boolean;
  /** Takes the address, or why there is none. */
  readonly mouth: Mouth;
  readonly initializer: ((...args: readonly unknown[]) => unknown) | null;
  readonly initargs: readonly unknown[];
}

/** The life of the process of a manager. It ends when somebody shuts the server down, or whoever started it is gone. */
export async function runServer(work: ServerWork): Promise<void> {
  const { registry, address, authkey, tracksMemory, mouth, initializer, initargs } = work;
  // Ctrl-C is for those who use it: they shut it down.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const segments = tracksMemory ? new Segments() : null;
  if (segments !== null) unlinkBeforeEnd(segments);
  let server: Server;
  try {
    const initialized = initializer?.(...initargs);
    if (isThenable(initialized)) await initialized;
    server = new Server(registry, address, Buffer.from(authkey, 'hex'), segments);
  } catch (error) {
    await announce(mouth, authkey, { address: null, error });
    // Whoever starts it is told: it need not be said twice.
    process.exitCode = 1;
    process.off('SIGINT', ignore);
    return;
  }
  await announce(mouth, authkey, { address: server.address, error: null });
  const stopWatching = getParentWatch()?.watch(() => void server.stop());
  await server.serve_forever();
  stopWatching?.();
  process.off('SIGINT', ignore);
  exitSoon();
}

/** A program that ends by `process.exit()` does not wait for its servers: it terminates them. */
function unlinkBeforeEnd(segments: Segments): void {
  process.once('SIGTERM', () => {
    segments.destroyAll();
    // Nobody hears it any more.
    process.kill(process.pid, 'SIGTERM');
  });
}

/** Whatever the shared objects have left behind does not keep the process: answers on their way have gone. */
function exitSoon(): void {
  setTimeout(() => process.exit(0), 50).unref();
}
