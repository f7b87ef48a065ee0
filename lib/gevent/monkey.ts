/**
 * Does nothing. In Python it replaces the blocking functions of the standard library by cooperative ones; in
 * JavaScript nothing blocks to begin with. Here for the line `from gevent import monkey; monkey.patch_all()`.
 *
 * `time.sleep` becomes `await sleep(seconds)` of `multiprocessing-ts/gevent`: the one of
 * `multiprocessing-ts/builtins` blocks, and this does not change it.
 *
 * @param _options - what Python's takes (`thread`, `socket` …); not looked at.
 * @example
 * import { monkey } from 'multiprocessing-ts/gevent';
 * monkey.patch_all();
 */
export function patch_all(_options?: Readonly<Record<string, unknown>>): void {
  // Nothing here blocks.
}
