import { Pipe } from 'multiprocessing-ts/sync';
import type * as promising from 'multiprocessing-ts/connection';
import { Process } from 'multiprocessing-ts/sync/process';
import {
  Pipe as PipeOfDoor,
  wait,
  type BytesLike,
  type Connection,
} from 'multiprocessing-ts/sync/connection';
import { describe, expect, test } from 'tstyche';

test('Pipe is two connections, its argument by place or by keyword', () => {
  expect(Pipe()).type.toBe<[Connection, Connection]>();
  expect(Pipe({ duplex: false })).type.toBe<[Connection, Connection]>();
  expect(Pipe).type.not.toBeCallableWith('no');
  expect(PipeOfDoor).type.toBe<typeof Pipe>();
});

describe('Connection', () => {
  const [a] = Pipe();

  test('blocks where Python’s does', () => {
    expect(a.send({ any: 'thing' })).type.toBe<void>();
    expect(a.recv()).type.toBe<unknown>();
    expect(a.poll({ timeout: null })).type.toBe<boolean>();
    expect(a.send_bytes(Buffer.alloc(1))).type.toBe<void>();
    expect(a.send_bytes(new ArrayBuffer(8), { offset: 1, size: 2 })).type.toBe<void>();
    expect(a.recv_bytes({ maxlength: 5 })).type.toBe<Buffer>();
    expect(a.recv_bytes_into(new Float64Array(1), 8)).type.toBe<number>();
    expect(a.fileno()).type.toBe<number>();
    expect([a.readable, a.writable, a.closed]).type.toBe<boolean[]>();
    expect(a.send_bytes).type.not.toBeCallableWith('text');
    expect(a.poll).type.not.toBeCallableWith('1');
  });

  test('is closed at the end of a block', () => {
    expect(a).type.toBeAssignableTo<Disposable>();
    expect(a).type.not.toBeAssignableTo<AsyncDisposable>();
  });

  test('is not that of the other facade', () => {
    expect<promising.Connection>().type.not.toBeAssignableTo<Connection>();
    expect<Connection>().type.not.toBeAssignableTo<promising.Connection>();
  });
});

test('wait gives back what it was given', () => {
  const [a, b] = Pipe();
  const { sentinel } = new Process();
  expect(wait([a, b])).type.toBe<Connection[]>();
  expect(wait([a, sentinel], 1)).type.toBe<(Connection | number)[]>();
  expect(wait(new Set([sentinel]), { timeout: null })).type.toBe<number[]>();
  expect(wait).type.not.toBeCallableWith(['text']);
  expect(wait).type.not.toBeCallableWith(a);
});

test('the bytes that can be sent', () => {
  expect<Buffer>().type.toBeAssignableTo<BytesLike>();
  expect<number[]>().type.not.toBeAssignableTo<BytesLike>();
});
