import type * as Stream from 'node:stream';
import type * as Tty from 'node:tty';
import type * as Util from 'node:util';
import { writeAll } from './blocking';

const STDOUT = 1;
const STDERR = 2;

/**
 * What a thread prints is out at once. Node's own streams of a thread go through the event loop of its parent, which
 * may be busy, and what is on its way is lost when the thread is ended.
 */
export function printAtOnce(): void {
  for (const [name, fd] of [
    ['stdout', STDOUT],
    ['stderr', STDERR],
  ] as const) {
    let stream: Stream.Writable | null = null;
    // The stream is made when it is first used, as ever: that takes time.
    Object.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get: () => (stream ??= makeStream(fd)),
    });
  }
}

/** What ends the thread is printed as node prints it, in its place among the other output. */
export function tellUncaught(told: () => void): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    if (process.listenerCount('uncaughtException') > 0) return;
    if (process.hasUncaughtExceptionCaptureCallback()) return;
    try {
      const { inspect } = require('node:util') as typeof Util;
      const head = error instanceof Error ? '' : 'Uncaught:\n';
      writeAll(STDERR, `${head}${inspect(error)}\n\nNode.js ${process.version}\n`);
      told();
    } catch {
      // An error that cannot be shown, or nowhere to show it: the parent will try.
    }
  });
}

function makeStream(fd: number): Stream.Writable {
  const { Writable } = require('node:stream') as typeof Stream;
  const stream = new Writable({
    decodeStrings: false,
    // As node's own: nobody closes stdout for the others.
    autoDestroy: false,
    destroy: (error, done) => {
      done(error);
    },
    write: (chunk: string | Uint8Array, encoding, done) => {
      try {
        writeAll(fd, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
      } catch (error) {
        done(error as Error);
        return;
      }
      done();
    },
  });
  return Object.assign(stream, { fd }, terminal(fd, stream));
}

/** What tells `console` and others that they may use colours. */
function terminal(fd: number, stream: object): object {
  const { isatty, WriteStream } = require('node:tty') as typeof Tty;
  if (!isatty(fd)) return {};
  const { prototype } = WriteStream;
  return {
    isTTY: true,
    getColorDepth: prototype.getColorDepth.bind(stream),
    hasColors: prototype.hasColors.bind(stream),
  };
}
