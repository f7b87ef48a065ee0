import { callAs, type Caller } from '../../../lib/managers/caller';

/** What a referent hears of its callers. */
interface Called {
  callerEnded(caller: Caller): void;
}

/** A connection, as a server sees it: a thread of CPython's tests. */
export class Client implements Caller {
  readonly name: string;
  isEnded = false;

  constructor(name = 'MainProcess') {
    this.name = name;
  }

  /** Calls in its name. */
  do<T>(call: () => T): T {
    return callAs(this, call);
  }

  end(...objects: Called[]): void {
    this.isEnded = true;
    for (const object of objects) object.callerEnded(this);
  }
}

/** `nthread` threads that run the same function. */
export const bunch = <T>(
  nthread: number,
  func: (client: Client, index: number) => Promise<T>,
): Promise<T>[] => Array.from({ length: nthread }, (_, i) => func(new Client(`thread ${i}`), i));

/** Everything that is ready to happen has happened. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Has it settled, without any time passing? */
export async function settled(promise: Promise<unknown>): Promise<boolean> {
  let is = false;
  const done = (): void => {
    is = true;
  };
  promise.then(done, done);
  await turn();
  return is;
}

/** Name and text of what is thrown. */
export async function errorOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing was thrown';
}

/** Seconds that a call takes, from its beginning. */
export async function timed<T>(call: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await call(), (performance.now() - start) / 1000];
}
