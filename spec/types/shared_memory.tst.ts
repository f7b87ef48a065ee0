import { Pool } from 'multiprocessing-ts';
import { range } from 'multiprocessing-ts/builtins';
import { ShareableList, SharedMemory, type ShareableItem } from 'multiprocessing-ts/shared_memory';
import { expect, test } from 'tstyche';

test('memory with a name is made in all forms of the call', () => {
  expect(SharedMemory).type.toBeConstructableWith('name');
  expect(SharedMemory).type.toBeConstructableWith('name', true, 5);
  expect(SharedMemory).type.toBeConstructableWith(null, true, 5, { track: false });
  expect(SharedMemory).type.toBeConstructableWith({ create: true, size: 5 });
  expect(SharedMemory).type.toBeConstructableWith('name', { create: true, size: 5 });
  expect(SharedMemory).type.not.toBeConstructableWith({ create: 'x' });
  expect(SharedMemory).type.not.toBeConstructableWith(5);
  expect(SharedMemory).type.not.toBeConstructableWith({ foo: 1 });
});

test('nothing of it waits', () => {
  const shm = new SharedMemory('name');
  expect(shm.buf).type.toBe<Uint8Array>();
  expect(shm.name).type.toBe<string>();
  expect(shm.size).type.toBe<number>();
  expect(shm.close).type.toBe<() => void>();
  expect(shm.unlink).type.toBe<() => void>();
});

test('a list takes what Python can read', () => {
  expect(ShareableList).type.toBeConstructableWith(['x', 1, 2n, 1.5, true, null, undefined, Buffer.of()]);
  expect(ShareableList).type.toBeConstructableWith(range(5));
  expect(ShareableList).type.toBeConstructableWith();
  expect(ShareableList).type.toBeConstructableWith([1], { name: 'name' });
  expect(ShareableList).type.toBeConstructableWith({ name: 'name' });
  expect(ShareableList).type.not.toBeConstructableWith([[1]]);
  expect(ShareableList).type.not.toBeConstructableWith([new Date()]);
});

test('and gives the same', () => {
  const list = new ShareableList(['x']);
  expect(list.at(0)).type.toBe<ShareableItem>();
  expect([...list]).type.toBe<ShareableItem[]>();
  expect(list.count('x')).type.toBe<number>();
  expect(list.index(null)).type.toBe<number>();
  expect(list.format).type.toBe<string>();
  expect(list.shm).type.toBe<SharedMemory>();
});

test('both are arguments', () => {
  const pool = new Pool(1);
  expect(pool.apply((shm: SharedMemory) => shm.size, [new SharedMemory('name')])).type.toBe<
    Promise<number>
  >();
});
