/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `processes` */
import { active_children, get_context, type Process } from 'multiprocessing-ts';
import { kindsOf, METHODS, oracle, type Facade, type Method, type Methods } from '../support';
import { inClothes } from './blocking';

export { METHODS, type Method };

/** The class of one start method. */
export type ProcessClass = typeof Process;

/**
 * The same promises for every start method, and those that say so for both facades. What a test that fails leaves running
 * is killed.
 */
export function processes(
  theme: string,
  promises: (Process: ProcessClass, method: Method, facade: Facade) => void,
  facades: readonly Facade[] = ['async'],
  methods: Methods = METHODS,
): void {
  describe.each(kindsOf(facades, methods))(`${theme} ($facade, $method)`, ({ facade, method }) => {
    afterEach(killAll);
    promises(facade === 'async' ? get_context(method).Process : inClothes(method), method, facade);
  });
}

/** Kills what is left, and waits for it. */
export async function killAll(): Promise<void> {
  await Promise.all(
    active_children().map(async (child) => {
      child.kill();
      await child.join();
    }),
  );
}

/** What CPython 3.11 answered. */
export const recorded = oracle('r01_process');

/** Starts it and waits for its end; its exit code. */
export async function run(process: Process): Promise<number | null> {
  process.start();
  await process.join();
  return process.exitcode;
}

/** A repr without the numbers of processes. */
export const masked = (text: string): string => text.replace(/(pid|parent)=\d+/g, '$1=P');
