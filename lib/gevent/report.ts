import { inspect } from 'node:util';
import { type_name } from '../util/repr';

/** Writes to stderr what went wrong and in what, as gevent's hub does. Whatever happens, it does not throw. */
export function report(context: () => string, error: unknown): void {
  try {
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    process.stderr.write(
      `${attempt(() => inspect(error))}\n${time} ${attempt(context)} failed with ${type_name(error)}\n\n`,
    );
  } catch {
    // There is no stderr any more. Who looks at the greenlet still finds the error.
  }
}

/** Methods of users make these texts. */
function attempt(show: () => string): string {
  try {
    return show();
  } catch {
    return '<unprintable>';
  }
}
