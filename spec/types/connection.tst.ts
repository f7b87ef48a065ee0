import { get_context, Pipe, Process } from 'multiprocessing-ts';
import { Pipe as PipeOfDoor, wait, type BytesLike, type Connection } from 'multiprocessing-ts/connection';
import { Process as ProcessOfDoor, current_process } from 'multiprocessing-ts/process';
import { describe, expect, test } from 'tstyche';

describe('Pipe', () => {
  test('is two connections, its argument by place or by keyword', () => {
    expect(Pipe()).type.toBe<[Connection, Connection]>();
    expect(Pipe(false)).type.toBe<[Connection, Connection]>();
    expect(Pipe({ duplex: false })).type.toBe<[Connection, Connection]>();
    expect(Pipe).type.not.toBeCallableWith('no');
    expect(Pipe).type.not.toBeCallableWith({ double: true });
    expect(get_context('thread').Pipe).type.toBe<typeof Pipe>();
    expect(PipeOfDoor).type.toBe<typeof Pipe>();
  });
});

describe('Connection', () => {
  const [a] = Pipe();

  test('what blocks in Python is a promise, what does not is not', () => {
    expect(a.send({ any: 'thing' })).type.toBe<Promise<void>>();
    expect(a.recv()).type.toBe<Promise<unknown>>();
    expect(a.poll(1)).type.toBe<Promise<boolean>>();
    expect(a.send_bytes(Buffer.alloc(1))).type.toBe<Promise<void>>();
    expect(a.recv_bytes()).type.toBe<Promise<Buffer>>();
    expect(a.recv_bytes_into(new Float64Array(1), 8)).type.toBe<Promise<number>>();
    expect(a.fileno()).type.toBe<number>();
    expect(a.close).type.toBe<() => void>();
    expect(a.closed).type.toBe<boolean>();
    expect([a.readable, a.writable]).type.toBe<boolean[]>();
  });

  test('keywords are Python’s', () => {
    expect(a.send_bytes(new ArrayBuffer(8), { offset: 1, size: 2 })).type.toBe<Promise<void>>();
    expect(a.send_bytes(new ArrayBuffer(8), 1, null)).type.toBe<Promise<void>>();
    expect(a.recv_bytes({ maxlength: 5 })).type.toBe<Promise<Buffer>>();
    expect(a.recv_bytes_into(Buffer.alloc(8), { offset: 1 })).type.toBe<Promise<number>>();
    expect(a.poll({ timeout: null })).type.toBe<Promise<boolean>>();
    expect(a.poll).type.not.toBeCallableWith('1');
    expect(a.send_bytes).type.not.toBeCallableWith('text');
    expect(a.recv_bytes).type.not.toBeCallableWith({ max: 5 });
  });

  test('is closed at the end of a block', () => {
    expect(a).type.toBeAssignableTo<Disposable>();
    expect(a).type.toBeAssignableTo<AsyncDisposable>();
  });
});

test('wait gives back what it was given', () => {
  const [a, b] = Pipe();
  const { sentinel } = new Process();
  expect(wait([a, b])).type.toBe<Promise<Connection[]>>();
  expect(wait([a, sentinel], 1)).type.toBe<Promise<(Connection | number)[]>>();
  expect(wait(new Set([sentinel]), { timeout: null })).type.toBe<Promise<number[]>>();
  expect(wait).type.not.toBeCallableWith(['text']);
  expect(wait).type.not.toBeCallableWith(a);
});

test('the bytes that can be sent', () => {
  expect<Buffer>().type.toBeAssignableTo<BytesLike>();
  expect<SharedArrayBuffer>().type.toBeAssignableTo<BytesLike>();
  expect<DataView>().type.toBeAssignableTo<BytesLike>();
  expect<number[]>().type.not.toBeAssignableTo<BytesLike>();
});

test('the door of processes has the same class', () => {
  expect(ProcessOfDoor).type.toBe<typeof Process>();
  expect(current_process().pid).type.toBe<number>();
});
