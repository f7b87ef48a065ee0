import { AuthenticationError } from 'multiprocessing-ts';
import { BaseManager } from 'multiprocessing-ts/managers';
import { findPython, testWithPython } from '../../support/python';
import { AUTHKEY, Counter, endAll, pythonClient, serving } from './support';

class Own extends BaseManager {}
class Pair {
  first(): number {
    return 1;
  }

  _second(): number {
    return 2;
  }
}
Own.register('Counter', Counter, { method_to_typeid: { numbers: 'Iterator' } });
Own.register('Pair', Pair, { exposed: ['first', '_second'] });
Own.register('Iterator', { exposed: ['__next__', 'send', 'throw', 'close'] });

const SCENARIOS = [
  'references',
  'methods',
  'values',
  'keywords',
  'errors',
  'iterators',
  'nested',
  'threads',
  'wrong_key',
  'crowd',
  'shutdown',
];

describe('a manager in Node, for clients in Python', () => {
  let seen: Record<string, unknown> = {};
  let ended: Promise<void> = Promise.resolve();

  // To start one takes longer than all that it does.
  beforeAll(async () => {
    if (findPython() === null) return;
    const server = serving(new Own(['127.0.0.1', 0], AUTHKEY));
    ended = server.serve_forever();
    seen = await pythonClient((server.address as [string, number])[1], SCENARIOS);
  });

  afterAll(endAll);

  testWithPython('makes objects and calls their methods', () => {
    expect(seen.methods).toEqual([6, 7, 'AutoProxy[Counter]', false]);
  });

  testWithPython('gives back what it gets, as it was', () => {
    expect(seen.values).toEqual(new Array(12).fill(true));
  });

  testWithPython('puts keywords in their places', () => {
    const [first, unknown, placed, wrong, last] = seen.keywords as Record<string, string>[];
    expect(first).toBe(5);
    expect(unknown?.type).toBe('RemoteError');
    expect(unknown?.text).toContain("Counter() got an unexpected keyword argument 'stop'");
    expect(placed).toEqual({ value: '9' });
    expect(wrong).toMatchObject({
      type: 'TypeError',
      text: "add() got an unexpected keyword argument 'wrong'",
    });
    expect(last).toBe("[1, {'a': 2}]");
  });

  testWithPython('sends what its methods throw', () => {
    const [known, own, unpicklable, after, hidden, nothing, unknown] = seen.errors as Record<
      string,
      string
    >[];
    expect(known).toEqual({ type: 'ValueError', text: 'boom', args: "('boom',)" });
    expect(own).toMatchObject({ type: 'Exception' });
    expect(own?.text).toContain('mine');
    expect(unpicklable?.type).toBe('RemoteError');
    expect(unpicklable?.text).toContain('Unserializable message: Traceback');
    expect(after).toEqual({ value: '1' });
    expect(hidden?.type).toBe('RemoteError');
    expect(hidden?.text).toContain(
      "AttributeError: method '_hidden' of <class 'Counter'> object is not in exposed=",
    );
    expect(hidden?.text).toContain("KeyError: '_hidden'\n");
    expect(nothing?.type).toBe('AttributeError');
    expect(unknown?.text).toContain("KeyError: 'nothing'\n");
  });

  testWithPython('keeps what a method returns, for an iterator there', () => {
    expect(seen.iterators).toEqual([0, 1, 2]);
  });

  testWithPython('holds objects in objects', () => {
    expect(seen.nested).toEqual([12, 13]);
  });

  testWithPython('counts proxies', () => {
    expect(seen.references).toEqual([0, 1, 'refcount=1', 0]);
  });

  testWithPython('knows the threads of its callers apart', () => {
    expect(seen.threads).toEqual([3, 'MainProcess', 'MainProcess']);
  });

  testWithPython('lets nobody in who has the wrong key', () => {
    expect(seen.wrong_key).toEqual([
      expect.objectContaining({ type: AuthenticationError.name, text: 'digest sent was rejected' }),
    ]);
  });

  testWithPython('serves many threads at once', () => {
    expect(seen.crowd).toBe(501);
  });

  testWithPython('ends when a client shuts it down', async () => {
    expect(seen.shutdown).toEqual([null]);
    await expect(ended).resolves.toBeUndefined();
  });
});
