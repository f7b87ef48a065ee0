import { Future, InvalidStateError } from 'multiprocessing-ts/concurrent/futures';
import { ValueError } from 'multiprocessing-ts/builtins';

/** What the probes call the states. */
export const STATES = {
  PENDING: (): Future<unknown> => new Future(),
  RUNNING: (): Future<unknown> => {
    const future = new Future<unknown>();
    future.set_running_or_notify_cancel();
    return future;
  },
  CANCELLED: (): Future<unknown> => {
    const future = new Future<unknown>();
    future.cancel();
    return future;
  },
  CANCELLED_AND_NOTIFIED: (): Future<unknown> => {
    const future = STATES.CANCELLED();
    future.set_running_or_notify_cancel();
    return future;
  },
  FINISHED_ok: (): Future<unknown> => returned(42),
  FINISHED_err: (): Future<unknown> => raised(new ValueError('e')),
};

export function returned<T>(value: T): Future<T> {
  const future = new Future<T>();
  future.set_result(value);
  return future;
}

export function raised(error: unknown): Future<never> {
  const future = new Future<never>();
  future.set_exception(error);
  return future;
}

/** Python's `future._state`, without changing a future that is done. */
export function stateOf(future: Future<unknown>): string {
  if (future.running()) return 'RUNNING';
  if (!future.done()) return 'PENDING';
  try {
    future.set_result(null);
  } catch (error) {
    if (error instanceof InvalidStateError) return /^[A-Z_]+/.exec(error.message)?.[0] ?? '';
    throw error;
  }
  throw new Error('a future that is done took a result');
}

/**
 * Which futures these are, in no order: by their addresses, as their private fields make them all equal to Jest.
 */
export const ids = (futures: Iterable<Future<unknown>>): string[] => [...futures].map(String).sort();

/** Everything that is ready to happen has happened. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Has it settled, without any time passing? */
export async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const note = (): void => {
    done = true;
  };
  promise.then(note, note);
  await turn();
  return done;
}

/** A recorded text in the words of JavaScript: see docs/differences.md. */
export function translated(text: unknown): string {
  return String(text)
    .replace(/returned int>/, 'returned number>')
    .replace(/returned NoneType>/, 'returned null>');
}

/** As the recording has addresses. */
export const normal = (text: string): string => text.replace(/0x[0-9a-f]{6,}/g, '0xADDR');

/** What is written to stderr while the tests of the file run. */
export function stderr(): () => string {
  let text = '';
  let spy: jest.SpyInstance;
  beforeEach(() => {
    text = '';
    spy = jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    });
  });
  afterEach(() => {
    spy.mockRestore();
  });
  return () => text;
}
