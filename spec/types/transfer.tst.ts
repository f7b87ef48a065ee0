import { transfer } from 'multiprocessing-ts/pool';
import { expect, test } from 'tstyche';

test('transfer gives back what it was given', () => {
  const frame = new Uint8Array(1);
  expect(transfer(frame)).type.toBe<Uint8Array<ArrayBuffer>>();
  expect(transfer(frame.buffer)).type.toBe<ArrayBuffer>();
  expect(transfer(Buffer.alloc(1))).type.toBeAssignableTo<Buffer>();
  expect(transfer(new DataView(frame.buffer) as DataView)).type.toBe<DataView>();
  expect(transfer).type.not.toBeCallableWith('text');
  expect(transfer).type.not.toBeCallableWith([frame]);
});
