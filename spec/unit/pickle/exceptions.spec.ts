import { OSError, TimeoutError as OSTimeoutError } from '../../../lib/util/os_errors';
import { readFileSync } from 'node:fs';
import * as errors from '../../../lib/errors';
import { PickleCodec, tuple } from '../../../lib/pickle';
import { Empty, Full } from '../../../lib/queues/errors';
import { RemoteTraceback } from '../../../lib/reduction/errors';
import { testWithPython } from '../../support/python';
import { assemble, python } from './support';

const codec = new PickleCodec({
  exceptions: [
    ['_queue Empty', Empty],
    ['queue Empty', Empty],
    ['queue Full', Full],
  ],
  RemoteTraceback,
});
const text = (string: string): string => `'${Buffer.from(string, 'utf16le').swap16().toString('hex')}'`;
const back = (value: unknown): unknown => codec.loads(codec.dumps(value));

class Custom extends errors.ValueError {}
class Foreign extends Error {
  override name = 'Foreign';
}
const missing = ((): unknown => {
  try {
    return readFileSync('/does/not/exist');
  } catch (error) {
    return error;
  }
})();

/** An error, and what Python shows of it. */
const ERRORS: readonly (readonly [error: Error, shown: string])[] = [
  [new Error('x'), `builtins.Exception (${text('x')}) {}`],
  [new Error(), 'builtins.Exception () {}'],
  [new errors.ValueError('x'), `builtins.ValueError (${text('x')}) {}`],
  [new TypeError('x'), `builtins.TypeError (${text('x')}) {}`],
  [new RangeError('x'), `builtins.ValueError (${text('x')}) {}`],
  [new ReferenceError('x'), `builtins.NameError (${text('x')}) {}`],
  [new errors.KeyError("'k'"), `builtins.KeyError (${text('k')}) {}`],
  [new errors.StopIteration(5), 'builtins.StopIteration (5) {}'],
  [new errors.StopIteration(), 'builtins.StopIteration () {}'],
  [new errors.SystemExit(3), 'builtins.SystemExit (3) {}'],
  [new errors.TimeoutError('x'), `multiprocessing.context.TimeoutError (${text('x')}) {}`],
  [new OSTimeoutError('x'), `builtins.TimeoutError (${text('x')}) {}`],
  [new errors.BufferTooShort(Buffer.from('ab')), 'multiprocessing.context.BufferTooShort (bytes 6162) {}'],
  [
    new errors.AuthenticationError('digest'),
    `multiprocessing.context.AuthenticationError (${text('digest')}) {}`,
  ],
  [new errors.PicklingError('x'), `_pickle.PicklingError (${text('x')}) {}`],
  [new Empty(), '_queue.Empty () {}'],
  [new Full(), 'queue.Full () {}'],
  [new OSError('x'), `builtins.OSError (${text('x')}) {}`],
  [
    new errors.FileNotFoundError("[Errno 2] No such file or directory: 'f'", { errno: 2, filename: 'f' }),
    `builtins.FileNotFoundError (2, ${text('No such file or directory')}) {}`,
  ],
  [missing as Error, `builtins.FileNotFoundError (2, ${text((missing as Error).message)}) {}`],
  [new Custom('x'), `builtins.ValueError (${text('x')}) {}`],
  [new Foreign('x'), `builtins.Exception (${text('Foreign: x')}) {}`],
  [
    Object.assign(new Error('x'), { code: 'E', n: 1, socket: {} }),
    `builtins.Exception (${text('x')}) {${text('code')}: ${text('E')}, ${text('n')}: 1}`,
  ],
  [
    new errors.ValueError('x', { cause: new RemoteTraceback('Error: x\n    at f\n') }),
    `builtins.ValueError (${text('x')}) {} from \n"""\nError: x\n    at f\n"""`,
  ],
];
const { loaded } = python({ loads: ERRORS.map(([error]) => codec.dumps(error)) });

describe('an error is an exception in Python', () => {
  testWithPython.each(ERRORS.map(([error, shown], i) => [error.name, error, shown, i] as const))(
    '%s',
    (_, __, shown, i) => {
      expect(loaded[i]).toEqual({ shown });
    },
  );
});

describe('an exception is an error here', () => {
  test.each(ERRORS.slice(0, 19))('%p comes back as its class', (error) => {
    const result = back(error) as Error;
    const expected = error instanceof RangeError ? errors.ValueError : error.constructor;
    if (!(error instanceof ReferenceError)) expect(result.constructor).toBe(expected);
    expect(result).toBeInstanceOf(Error);
    expect(result.message).toBe(error.message);
    expect(result.stack).toContain(result.name);
  });

  test('of the class that the number of an OSError makes it', () => {
    const result = codec.loads(
      assemble('cbuiltins\nOSError\n(K', 2, "S'No such file'\nS'f'\ntR."),
    ) as OSError;
    expect(result).toBeInstanceOf(errors.FileNotFoundError);
    expect(result.message).toBe("[Errno 2] No such file: 'f'");
    expect(result).toMatchObject({ errno: 2, code: 'ENOENT', filename: 'f', args: [2, 'No such file'] });
    expect(back(result)).toMatchObject({ errno: 2, filename: 'f', message: result.message });
  });

  test('of the nearest class, under its own name', () => {
    const result = codec.loads(assemble("cbuiltins\nUnboundLocalError\n(S'x'\ntR.")) as Error;
    expect(result).toBeInstanceOf(errors.NameError);
    expect(result.name).toBe('UnboundLocalError');
    expect((back(result) as Error).name).toBe('UnboundLocalError');
  });

  test.each([
    ['', []],
    ['text', ['text']],
    ['5', [5]],
    ["('a', 1)", ['a', 1]],
    ['(None,)', [tuple(null)]],
    ["{'k': ...}", [new Map([['k', 1]])]],
  ])('with the message %p', (message, args) => {
    const error = Object.assign(new errors.ValueError(), { args });
    expect(back(error)).toMatchObject({ message, args });
  });

  test('with its attributes, which go back', () => {
    const dict = new Map<unknown, unknown>([
      ['__notes__', ['n']],
      ['name', 'hidden'],
      ['__proto__', 1],
    ]);
    const error = codec.loads(
      assemble('cbuiltins\nValueError\n)R', Buffer.from(codec.dumps(dict)).subarray(2, -1), 'b.'),
    ) as Error;
    expect(error).toMatchObject({ name: 'ValueError', __notes__: ['n'] });
    expect(Object.getPrototypeOf(error)).toBe(errors.ValueError.prototype);
    const again = codec.dumps(error);
    expect(Buffer.from(again).toString('latin1')).toContain('hidden');
    expect(codec.loads(again)).toMatchObject({ name: 'ValueError', __notes__: ['n'] });
  });

  test('with the traceback of its worker', () => {
    const error = new errors.ValueError('x', { cause: new RemoteTraceback('Error: x\n') });
    const result = back([error, error]) as Error[];
    expect(result[0]).toBe(result[1]);
    expect(result[0]).toBeInstanceOf(errors.ValueError);
    expect(result[0]!.cause).toBeInstanceOf(RemoteTraceback);
    expect((result[0]!.cause as RemoteTraceback).tb).toBe('\n"""\nError: x\n"""');
  });

  test('and a message that grows without end is cut', () => {
    // A list of the last list twice, a hundred deep.
    const steps = Array.from({ length: 100 }, (_, i) => assemble('](h', i, 'h', i, 'eq', i + 1));
    const bomb = assemble('cbuiltins\nValueError\n(]q', 0, ...steps, 'tR.');
    expect((codec.loads(bomb) as Error).message.length).toBeLessThan(10_000);
    const deep = assemble('cbuiltins\nValueError\n(', ']'.repeat(100_000), 'a'.repeat(99_999), 'tR.');
    expect((codec.loads(deep) as Error).message).toBe('[[[[[...]]]]]');
  });
});
