import { execFileSync } from 'node:child_process';

/** The CPython of this machine: `{ path, version }`. */
export function findPython() {
  for (const path of ['python3', 'python']) {
    try {
      const version = execFileSync(path, ['-c', 'import platform; print(platform.python_version())']);
      return { path, version: version.toString().trim() };
    } catch {
      // Not this one.
    }
  }
  console.error('!! python3 is missing: nothing is compared with CPython.\n');
  return undefined;
}
