import { setImmediate } from '../util/timers';
import { deadline } from './clock';
import { currentStrand } from './strand';

/** What tells when something happens: gevent's protocol of everything that can be waited for. */
export interface Linkable {
  rawlink(callback: () => void): void;
  unlink(callback: () => void): void;
}

/** Waits until `source` calls back (true), or `timeout` seconds have passed (false). */
export function untilLinked(source: Linkable, timeout: number | null = null): Promise<boolean> {
  return currentStrand().wait((resolve, reject) => {
    const linked = (): void => {
      cancel();
      resolve(true);
    };
    source.rawlink(linked);
    const cancel = deadline(timeout, () => {
      source.unlink(linked);
      resolve(false);
    });
    return (error) => {
      cancel();
      source.unlink(linked);
      reject(error);
    };
  });
}

/** Waits for a turn of the event loop, in which `act` is called first. */
export function nextTurn(act?: () => void): Promise<void> {
  return currentStrand().wait((resolve, reject) => {
    setImmediate(() => {
      act?.();
      resolve();
    });
    return reject;
  });
}

/** Wakes all that wait for it, once. */
export class Bell implements Linkable {
  #links = new Set<() => void>();

  rawlink(callback: () => void): void {
    this.#links.add(callback);
  }

  unlink(callback: () => void): void {
    this.#links.delete(callback);
  }

  ring(): void {
    const links = this.#links;
    this.#links = new Set();
    for (const link of links) link();
  }
}

/** A promise that may be left alone: whoever awaits it is told how it ends, and nobody has to. */
export function optional<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** A public call that waits: wrong arguments reject as with any promise, all else is {@link optional}. */
export function blocking<R extends object, T>(
  bind: (args: readonly unknown[]) => R,
  args: readonly unknown[],
  body: (given: R) => Promise<T>,
): Promise<T> {
  try {
    return optional(body(bind(args)));
  } catch (error) {
    return Promise.reject(error);
  }
}
