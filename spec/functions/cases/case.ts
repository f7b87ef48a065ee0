/** What a case needs of a pool. */
export interface CasePool {
  apply<A extends readonly unknown[], R>(f: (...args: A) => R | Promise<R>, args?: A): Promise<R>;
  map<T, R>(f: (x: T) => R | Promise<R>, xs: readonly T[]): Promise<R[]>;
}

/** Makes a pool of one worker; whoever runs the cases closes it. */
export type MakePool = (options?: {
  initializer?: (...args: never[]) => unknown;
  initargs?: readonly unknown[];
}) => CasePool;

/** One thing that must work, written once for every environment. */
export interface Case {
  /** The number in the list of cases. */
  readonly id: string;
  readonly name: string;
  run(pool: CasePool, make: MakePool): Promise<void>;
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

/** Older compile targets keep private members in WeakMaps, which can be sent. */
export const hasPrivate = (Class: abstract new () => object): boolean => String(Class).includes('#');
