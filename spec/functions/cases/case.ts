import type { CasePool, MakePool } from '../mini_pool';

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
