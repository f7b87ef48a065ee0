/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `withPool` */
import { get_context, type Pool } from 'multiprocessing-ts';
import { oracle, type Method } from '../support';

/** What CPython 3.11 answered. */
export const recorded = oracle('q01_queues');

/** Numbers from 0 up to this one. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export const EMPTY = { type: 'Empty', str: '' };
export const FULL = { type: 'Full', str: '' };

/** Address of an object, as the recording has it. */
export const masked = ({ type, str }: { type: string; str: string }): { type: string; str: string } => ({
  type,
  str: str.replace(/0x[\da-f]+/, '0xADDR'),
});

/** The same promises for processes and for threads, or one of them, with one pool of so many workers for all. */
export function withPool(
  theme: string,
  processes: number,
  promises: (pool: () => Pool, method: Method) => void,
  methods: readonly Method[] = ['spawn', 'thread'],
): void {
  describe.each(methods.map((method) => ({ method })))(`${theme} ($method)`, ({ method }) => {
    let pool: Pool;
    beforeAll(() => {
      pool = new (get_context(method).Pool)(processes);
    });
    afterAll(async () => {
      await pool.terminate();
    });
    promises(() => pool, method);
  });
}
