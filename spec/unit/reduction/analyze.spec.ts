import { analyze } from '../../../lib/reduction/functions/analyze';

const freeNames = (text: string): string[] => [...analyze(text).free.keys()].sort();

describe('free names', () => {
  test.each([
    ['x => x * k', ['k']],
    ['function f(n) { return n < 2 ? 1 : n * f(n - 1) }', []],
    ['({ a = one, b: { c } }, ...rest) => [a, c, rest, d]', ['d', 'one']],
    ['() => { let a = 1; { const b = a; var c = b } return c + e }', ['e']],
    ['() => { try { f() } catch (e) { g(e) } }', ['f', 'g']],
    ['() => { for (const i of list) use(i); for (let j = 0; j < n; j++); }', ['list', 'n', 'use']],
    ['() => { label: for (;;) { break label } }', []],
    ['() => ({ k, [computed]: 1, plain: 2 })', ['computed', 'k']],
    ['m(a) { return super.m(a) + b }', ['b']],
    ['get x() { return y }', ['y']],
    ['async *[Symbol.iterator]() { yield z }', ['z']],
    ['class A extends B { #p = q; static s = t; m() { return this.#p + u } }', ['q', 'u']],
    ['() => typeof nowhere', ['nowhere']],
    ['() => { switch (a) { case b: { let c; return c } } }', ['a', 'b']],
    ['() => `${a}${(b => b)(c)}`', ['a', 'c']],
    ['() => { function inner() { return arguments.length + d } return inner }', ['d']],
  ])('%s', (text, names) => {
    expect(freeNames(text)).toEqual(names);
  });
});

test('property chains tell which members are used', () => {
  const { free } = analyze("() => [H.a.b, H?.c, H['d'], H[key]]");
  expect(free.get('H')).toMatchObject({
    whole: false,
    chains: [['a', 'b'], ['c'], ['d'], [{ variable: 'key' }]],
  });
  expect(analyze('() => [H.a, H]').free.get('H')?.whole).toBe(true);
});

test('assignments in all their forms', () => {
  const { free } = analyze('() => { a = 1; b++; [c, d.e] = f; ({ g } = h); for (i of j); }');
  const assigned = [...free].filter(([, usage]) => usage.assigned).map(([name]) => name);
  expect(assigned.sort()).toEqual(['a', 'b', 'c', 'g', 'i']);
});

test('what an arrow takes from around it', () => {
  expect(analyze('() => this.x')).toMatchObject({ isArrow: true, usesThis: true, usesArguments: false });
  expect(analyze('() => arguments[0]')).toMatchObject({ usesArguments: true });
  expect(analyze('() => function () { return this }')).toMatchObject({
    usesThis: false,
    usesInnerThis: true,
  });
});

test('private names belong to the class that declares them', () => {
  expect(analyze('m() { return this.#p }').usesPrivate).toBe(true);
  expect(analyze('() => class { #p; m(o) { return #p in o && o.#p } }').usesPrivate).toBe(false);
  expect(analyze('class { #p; #m() {} static #s }').layout?.privates).toEqual(['#p', '#m']);
});

test('code that only sloppy mode accepts', () => {
  expect(analyze('function f() { with (o) { return p } }')).toMatchObject({ strict: false, usesWith: true });
  expect(analyze('() => 1').strict).toBe(true);
});

test('a text that is no function is a SyntaxError, each time', () => {
  expect(() => analyze('() => {')).toThrow(SyntaxError);
  expect(() => analyze('() => {')).toThrow(SyntaxError);
});
