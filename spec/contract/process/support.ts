/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `processes` */
import { active_children, get_context, type Process } from 'multiprocessing-ts';
import { oracle } from '../support';

/** How the process is started. */
export type Method = 'spawn' | 'thread';

export const METHODS: readonly Method[] = ['spawn', 'thread'];

/** The class of one start method. */
export type ProcessClass = typeof Process;

/** The same promises for every start method, or these. What a test that fails leaves running is killed. */
export function processes(
  theme: string,
  promises: (Process: ProcessClass, method: Method) => void,
  methods: readonly Method[] = METHODS,
): void {
  describe.each(methods)(`${theme} (%s)`, (method) => {
    afterEach(killAll);
    promises(get_context(method).Process, method);
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
