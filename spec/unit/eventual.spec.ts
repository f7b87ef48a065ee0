import { Eventual } from '../../lib/util/eventual';

test('all who wait for a value are told, and what the first of them throws is for who brought it', () => {
  const value = new Eventual<number>();
  const told: number[] = [];
  value.whenSettled(() => told.push(1));
  value.whenSettled(() => {
    throw new Error('of the second');
  });
  value.whenSettled(() => told.push(3));
  expect(() => {
    value.settle(5);
  }).toThrow('of the second');
  expect([told, value.take()]).toEqual([[1, 3], 5]);
});
