/** How a worker ended. */
export interface Exit {
  readonly pid: number;
  /** Of a thread, node's number of it. */
  readonly tid?: number;
  /** Python's exitcode: negative for a signal. */
  readonly exitcode: number | null;
  readonly signal: string | null;
}

/** Why the dispatcher settles a task without a result. */
export type Failure =
  /** The worker that ran it is gone. */
  | { readonly kind: 'lost'; readonly exit: Exit }
  /** One of its items ran longer than its timeout. */
  | { readonly kind: 'timeout'; readonly seconds: number }
  /** The caller does not want it any more. */
  | { readonly kind: 'aborted'; readonly reason: unknown }
  /** It was dropped before it began. */
  | { readonly kind: 'dropped' }
  /** A worker died, and the pool with it. */
  | { readonly kind: 'crashed'; readonly exit: Exit }
  /** The pool was terminated. */
  | { readonly kind: 'terminated' }
  /** The pool cannot run anything. */
  | { readonly kind: 'broken'; readonly cause: StartFailure };

/** Why a worker never became ready. */
export type StartFailure =
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'exited'; readonly exit: Exit }
  /** The system would not start a process. */
  | { readonly kind: 'refused'; readonly error: unknown };
