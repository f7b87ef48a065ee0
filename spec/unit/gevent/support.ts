import { GreenletExit, sleep, type Greenlet } from 'multiprocessing-ts/gevent';
import { until } from '../../contract/support';

/** What is written to stderr, from the beginning of each test of the file on. */
export function stderr(): () => string {
  const write = process.stderr.write.bind(process.stderr);
  let text = '';
  beforeEach(() => {
    text = '';
    process.stderr.write = (chunk: string | Uint8Array): boolean => {
      text += String(chunk);
      return true;
    };
  });
  afterEach(() => {
    process.stderr.write = write;
  });
  return () => text;
}

/** As a report ends: when, what, with which class. */
export const failed = (what: string, with_: string): RegExp =>
  new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ ${what} failed with ${with_}\n\n`, 'm');

/** A greenlet's representation, for {@link failed}. */
export const greenletOf = (call: string): string => `<Greenlet at 0x[0-9a-f]+: ${call}>`;

/** A few turns of the event loop: what begins, or is told, at the next has happened then. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await sleep();
}

/** A promise of somebody else, which nothing here can interrupt, and how to settle it. */
export function foreign<T = void>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** The greenlet was ended by a kill, and counts as successful. */
export function expectKilled(greenlet: Greenlet): void {
  expect(greenlet.dead).toBe(true);
  expect(greenlet.ready()).toBe(true);
  expect(greenlet.started).toBe(false);
  expect(greenlet.successful()).toBe(true);
  expect(greenlet.value).toBeInstanceOf(GreenletExit);
  expect(greenlet.exception).toBeNull();
}

/** Waits until it has ended, by looking: for what must not be disturbed by a wait of the package. */
export const ended = (greenlet: Greenlet): Promise<void> => until(() => greenlet.ready(), 'its end');
