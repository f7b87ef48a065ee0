import type { Throwable } from './arguments';

/** What public calls take: each list once by position, and once for every place where keywords may begin. */

export type AnyIterable<T> = Iterable<T> | AsyncIterable<T>;

/** One iterable for each parameter. */
export type Iterables<A extends readonly unknown[]> = { [K in keyof A]: AnyIterable<A[K]> };

type Maybe<T> = T | null | undefined;

/** The keyword of calls that wait. */
export interface TimeoutKeywords {
  /** Seconds to wait at most. @default for ever */
  readonly timeout?: number | null;
}

export type TimeoutArguments = [timeout?: number | null] | [options: TimeoutKeywords];

export interface GetKeywords extends TimeoutKeywords {
  /** False: only look. @default true */
  readonly block?: boolean | null;
}

export type GetArguments =
  | [block?: boolean | null, timeout?: number | null]
  | [options: GetKeywords]
  | [block: Maybe<boolean>, options: TimeoutKeywords];

export interface KillKeywords extends TimeoutKeywords {
  /** What is thrown: an error, or a class of which each greenlet gets its own. @default GreenletExit */
  readonly exception?: Throwable | null;
  /** Wait for the end. @default true */
  readonly block?: boolean | null;
}

export type KillArguments =
  | [exception?: Throwable | null, block?: boolean | null, timeout?: number | null]
  | [options: KillKeywords]
  | [exception: Maybe<Throwable>, options: Omit<KillKeywords, 'exception'>]
  | [exception: Maybe<Throwable>, block: Maybe<boolean>, options: TimeoutKeywords];

export interface WaitKeywords extends TimeoutKeywords {
  /** How many to wait for. @default all */
  readonly count?: number | null;
}

export type WaitArguments =
  | [timeout?: number | null, count?: number | null]
  | [options: WaitKeywords]
  | [timeout: Maybe<number>, options: Pick<WaitKeywords, 'count'>];

export interface JoinallKeywords extends WaitKeywords {
  /** Throw the error of the first greenlet that fails, without waiting for the others. @default false */
  readonly raise_error?: boolean | null;
}

export type JoinallArguments =
  | [timeout?: number | null, raise_error?: boolean | null, count?: number | null]
  | [options: JoinallKeywords]
  | [timeout: Maybe<number>, options: Omit<JoinallKeywords, 'timeout'>]
  | [timeout: Maybe<number>, raise_error: Maybe<boolean>, options: Pick<JoinallKeywords, 'count'>];

export interface GroupJoinKeywords extends TimeoutKeywords {
  /** Throw the error of a greenlet that was there at the call and failed. @default false */
  readonly raise_error?: boolean | null;
}

export type GroupJoinArguments =
  | [timeout?: number | null, raise_error?: boolean | null]
  | [options: GroupJoinKeywords]
  | [timeout: Maybe<number>, options: Pick<GroupJoinKeywords, 'raise_error'>];

export interface AddKeywords extends TimeoutKeywords {
  /** False: do not wait for room. @default true */
  readonly blocking?: boolean | null;
}

export type AddArguments =
  | [blocking?: boolean | null, timeout?: number | null]
  | [options: AddKeywords]
  | [blocking: Maybe<boolean>, options: TimeoutKeywords];

export interface ImapKeywords {
  /** How many results may be there and not yet asked for. @default no bound */
  readonly maxsize?: number | null;
}

/** No keyword arguments, as ported code writes it. */
export type NoKwds = Readonly<Record<string, never>> | null;

export type Callback<R> = (value: R) => unknown;

export interface ApplyKeywords<A extends readonly unknown[], K = NoKwds> {
  /** The arguments of the function. @default none */
  readonly args?: Readonly<A> | null;
  /** Given to the function as one last object, unless empty. @default none */
  readonly kwds?: K | null;
}

export interface ApplyAsyncKeywords<A extends readonly unknown[], R, K = NoKwds> extends ApplyKeywords<A, K> {
  /** Called with the result, when there is one. */
  readonly callback?: Callback<R> | null;
}
