import { readFileSync } from 'node:fs';

/** The field that says what a process or thread does: a letter. */
export const STATE = 0;

/**
 * The fields of `/proc/<pid>/stat`, counted from the one behind the name, which may hold anything: see proc(5). `null`
 * where the system does not tell.
 *
 * @param place - `/proc/<pid>`, or `/proc/self/task/<thread>`.
 */
export function statOf(place: string): string[] | null {
  try {
    const text = readFileSync(`${place}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(') ') + 2).split(' ');
  } catch {
    return null;
  }
}
