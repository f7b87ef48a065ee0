import { spawnSync } from 'node:child_process';

/**
 * The CPython that specs compare with; `null` where there is none and none is demanded.
 *
 * @throws Error when MULTIPROCESSING_TS_REQUIRE_PYTHON is set: then no oracle may be skipped.
 */
export function findPython(): string | null {
  for (const name of ['python3', 'python']) {
    const { stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
    if (typeof stdout === 'string' && stdout.startsWith('Python 3.')) return name;
  }
  if (process.env.MULTIPROCESSING_TS_REQUIRE_PYTHON === '1') {
    throw new Error('python3 is missing, and MULTIPROCESSING_TS_REQUIRE_PYTHON is set');
  }
  return null;
}

/** `test`, or `test.skip` without a CPython. */
export const testWithPython = findPython() === null ? test.skip : test;
