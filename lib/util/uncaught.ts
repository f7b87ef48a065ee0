import { inspect } from 'node:util';
import { nextTick } from './timers';

/** Errors that the event loop has not been told of yet. */
const untold = new Set<{ readonly error: unknown }>();
let listening = false;

/** Reports an error where every error nobody handles is reported, from a stack of its own: nothing of ours is harmed. */
export function uncaught(error: unknown): void {
  const entry = { error };
  untold.add(entry);
  if (!listening) {
    listening = true;
    process.prependListener('exit', tellAll);
  }
  nextTick(() => {
    if (untold.delete(entry)) throw error;
  });
}

/**
 * A script that blocks and then calls `process.exit` never comes back to its event loop. An error that is thrown here
 * would come out of that call, and might be caught: so this does what node does with one that nobody catches.
 */
function tellAll(): void {
  const listeners: NodeJS.EventEmitter = process;
  for (const entry of untold) {
    const { error } = entry;
    untold.delete(entry);
    listeners.emit('uncaughtExceptionMonitor', error, 'uncaughtException');
    if (listeners.emit('uncaughtException', error, 'uncaughtException')) continue;
    process.stderr.write(`Uncaught ${inspect(error)}\n\nNode.js ${process.version}\n`);
    process.exitCode = Number(process.exitCode ?? 0) || 1;
  }
}
