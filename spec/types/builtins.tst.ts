import { expect, test } from 'tstyche';

test('placeholder', () => {
  expect<number>().type.toBe<number>();
});
