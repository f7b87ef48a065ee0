import { listOf } from '../../pool/arguments';
import { isPlain, signature } from '../../util/keywords';
import { BaseProxy } from '../base_proxy';

/** Keywords of `put` and `get`. */
export interface QueueKeywords {
  /** Wait; else only look. @default true */
  readonly block?: boolean;
  /** Seconds to wait at most. @default for ever */
  readonly timeout?: number | null;
}

/** Keywords of `acquire`. */
export interface AcquireKeywords {
  /** Wait for it; else only look. @default true */
  readonly blocking?: boolean;
  /** Seconds to wait at most. @default for ever */
  readonly timeout?: number | null;
}

/** Keywords of `wait`. */
export interface WaitKeywords {
  /** Seconds to wait at most. @default for ever */
  readonly timeout?: number | null;
}

const bindAcquire = signature({
  name: 'acquire',
  defaults: (): { blocking: unknown; timeout: unknown } => ({ blocking: true, timeout: null }),
});

/** As Python's proxies send them: no timeout is none at all. */
export function acquireArguments(args: readonly unknown[]): readonly unknown[] {
  const { blocking, timeout } = bindAcquire(args);
  return timeout === null ? [blocking] : [blocking, timeout];
}

const bindWait = signature({ name: 'wait', defaults: (): { timeout: unknown } => ({ timeout: null }) });

export const timeoutOf = (args: readonly unknown[]): unknown => bindWait(args).timeout;

/** What a server is sent of something to iterate: a list, unless it iterates such things itself. */
export function iterableArgument(values: unknown): unknown {
  if (typeof values !== 'object' || values === null) return values;
  if (
    Array.isArray(values) ||
    values instanceof BaseProxy ||
    values instanceof Map ||
    values instanceof Set
  ) {
    return values;
  }
  return ArrayBuffer.isView(values) || isPlain(values) ? values : listOf(values);
}
