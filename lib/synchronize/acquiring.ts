import { checkSeconds } from '../pool/arguments';
import { signature } from '../util/keywords';

/** Keywords of `acquire`. */
export interface AcquireKeywords {
  /** Wait for it; else only look. @default true */
  readonly block?: boolean;
  /** Seconds to wait at most; 0 and less only look. @default for ever */
  readonly timeout?: number | null;
}

const bind = signature({
  name: 'acquire',
  defaults: (): { block: unknown; timeout: number | null } => ({ block: true, timeout: null }),
});

/** How long an `acquire` may wait: 0 for not at all, `null` for ever. Without `block` the timeout does not count. */
export function patienceOf(args: readonly unknown[]): number | null {
  if (args.length === 0) return null;
  const { block, timeout } = bind(args);
  const seconds = checkSeconds(timeout);
  return block ? seconds : 0;
}

const bindTimeout = signature({
  name: 'wait',
  defaults: (): { timeout: number | null } => ({ timeout: null }),
});

/** The seconds of a `wait(timeout)`. */
export function timeoutOf(args: readonly unknown[]): number | null {
  return args.length === 0 ? null : checkSeconds(bindTimeout(args).timeout);
}

/** Something that is held until it is disposed of. */
export interface Held extends Disposable {
  /** Gives it back, once. */
  release(): void;
}

/** What `hold()` gives: the place of Python's `with lock:`. */
export function held(release: () => void): Held {
  let released = false;
  const once = (): void => {
    if (released) return;
    released = true;
    release();
  };
  return { release: once, [Symbol.dispose]: once };
}
