import type { Pool } from 'multiprocessing-ts';
import type { CasePool, MakePool } from './cases/case';

/** The package's own pools as the cases want them; `end` closes all of them. */
export function poolsOf(Class: typeof Pool): { make: MakePool; end: () => Promise<void> } {
  const pools: Pool[] = [];
  const make: MakePool = ({ initializer, initargs } = {}) => {
    const pool = new Class(1, initializer, (initargs ?? []) as []);
    pools.push(pool);
    const adapted: CasePool = {
      apply: async (f, args) => pool.apply(f as never, (args ?? []) as never),
      map: async (f, xs) => pool.map(f, xs),
    };
    return adapted;
  };
  const end = async (): Promise<void> => {
    for (const pool of pools) await pool.terminate();
  };
  return { make, end };
}
