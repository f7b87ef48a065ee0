import { ValueError } from 'multiprocessing-ts/builtins';
import { spawn, type Greenlet } from 'multiprocessing-ts/gevent';
import { failed, greenletOf, stderr, turns } from './support';

const errors = stderr();

const good = (): Greenlet<number> => spawn(() => 1);
const bad = (): Greenlet<never> =>
  spawn(function bad() {
    throw new ValueError('bad');
  });

describe('links', () => {
  test('are called with the greenlet, in order, when it has ended', async () => {
    const log: unknown[] = [];
    const greenlet = good();
    greenlet.link((each) => log.push(['link', each === greenlet, each.value]));
    greenlet.rawlink((each) => log.push(['rawlink', each.ready()]));
    expect(log).toEqual([]);
    await greenlet.join();
    expect(log).toEqual([
      ['link', true, 1],
      ['rawlink', true],
    ]);
  });

  test('of a greenlet that has ended are called soon, not at once', async () => {
    const greenlet = good();
    await greenlet.join();
    const log: string[] = [];
    greenlet.link(() => log.push('link'));
    log.push('linked');
    await turns();
    expect(log).toEqual(['linked', 'link']);
  });

  test('for a value are not called for an error, and the other way round', async () => {
    const log: string[] = [];
    for (const [name, greenlet] of [
      ['good', good()],
      ['bad', bad()],
    ] as const) {
      greenlet.link_value(() => log.push(`${name} value`));
      greenlet.link_exception(() => log.push(`${name} exception`));
    }
    await turns();
    expect(log).toEqual(['good value', 'bad exception']);
  });

  test('can be taken back, whatever they were linked by', async () => {
    const log: string[] = [];
    const callback = (): unknown => log.push('called');
    for (const method of ['link', 'rawlink', 'link_value', 'link_exception'] as const) {
      const greenlet = good();
      greenlet[method](callback);
      expect(greenlet.has_links()).toBe(1);
      greenlet.unlink(callback);
      greenlet.unlink(callback);
      expect(greenlet.has_links()).toBe(0);
    }
    await turns();
    expect(log).toEqual([]);
  });

  test('may link and unlink others', async () => {
    const log: string[] = [];
    const second = (): unknown => log.push('second');
    const greenlet = good();
    greenlet.link(() => {
      greenlet.unlink(second);
      greenlet.link(() => log.push('third'));
    });
    greenlet.link(second);
    await turns();
    expect(log).toEqual(['third']);
  });

  test('that throw, or reject, are reported and harm nothing', async () => {
    const log: string[] = [];
    const greenlet = good();
    greenlet.link(function first() {
      throw new ValueError('first');
    });
    greenlet.link(async function second() {
      throw new RangeError('second');
    });
    greenlet.link(() => log.push('third'));
    await greenlet.join();
    await turns();
    expect(log).toEqual(['third']);
    expect(errors()).toMatch(failed(`\\(<function first>, ${greenletOf('<lambda>')}\\)`, 'ValueError'));
    expect(errors()).toMatch(failed(`\\(<function second>, ${greenletOf('<lambda>')}\\)`, 'RangeError'));
  });

  test('must be functions', () => {
    expect(() => {
      good().link(5 as never);
    }).toThrow(new TypeError('Expected callable: 5'));
  });
});
