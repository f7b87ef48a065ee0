/** What the constructor of a Process takes. */

/** No keywords, as ported code writes it. */
type NoKwargs = Readonly<Record<string, never>> | null;

/** The arguments of a function with these parameters; of one with unknown ones, whatever can be iterated. */
export type Arguments<A extends readonly unknown[]> = [A, never[]] extends [never[], A]
  ? Iterable<unknown>
  : Readonly<A>;

export type Target<A extends readonly unknown[]> = ((...args: A) => unknown) | null | undefined;

/** Not to be used: Python keeps it for later. */
export type Group = null | undefined;

export interface DaemonOption {
  /** Is it terminated when this process ends? @default as this process itself */
  readonly daemon?: boolean | null;
}

export interface ProcessOptions<A extends readonly unknown[] = never[]> extends DaemonOption {
  readonly group?: null;
  /** What it calls; it may be async. @default nothing */
  readonly target?: Target<A>;
  /** @default `Process-1` and so on */
  readonly name?: string | null;
  /** The arguments of `target`. */
  readonly args?: Arguments<A> | null;
  /** One last object argument of `target`, unless empty. */
  readonly kwargs?: NoKwargs;
}

/** The same for a target that takes keywords. */
export interface ProcessKeywords<A extends readonly unknown[], K extends object> extends Omit<
  ProcessOptions,
  'target' | 'args' | 'kwargs'
> {
  readonly target: (...args: [...A, K]) => unknown;
  readonly args?: Arguments<A> | null;
  readonly kwargs: K;
}
