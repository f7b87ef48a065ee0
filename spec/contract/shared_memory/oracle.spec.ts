import {
  AssertionError,
  FileExistsError,
  FileNotFoundError,
  IndexError,
  KeyError,
  OSError,
  OverflowError,
  UnicodeError,
  ValueError,
} from 'multiprocessing-ts/builtins';
import type { ShareableList } from 'multiprocessing-ts/shared_memory';
import { SharedMemory, StructError } from 'multiprocessing-ts/shared_memory';
import { exc, excOf } from '../support';
import { attached, cleanUp, exists, freshName, list, memory, plain, recorded } from './support';

/** What CPython answers in the cases of probe s01. */
afterEach(cleanUp);

/** For arguments that the types do not allow. */
const anyMemory = SharedMemory as unknown as new (...args: unknown[]) => SharedMemory;

/** The recording has placeholders for names. */
const masked = (text: string): string => text.replace(/psm_[0-9a-f]{8}/, 'psm_XXXXXXXX');
async function maskedExcOf(call: () => unknown): Promise<{ type: string; str: string }> {
  const { type, str } = await excOf(call);
  return { type, str: masked(str) };
}

describe('SharedMemory', () => {
  test('that is created', () => {
    const s = memory({ create: true, size: 10 });
    expect(/^psm_[0-9a-f]{8}$/.test(s.name)).toBe(recorded('name pattern').ok);
    expect([s.size, s.buf.length]).toEqual(recorded('size,len(buf) (exact on linux)').ok);
    expect(plain(s.buf)).toEqual(recorded('zeroed').ok);
    // The recording has two cases named 'repr': that of the list is the one that is found.
    expect(String(s)).toBe(`SharedMemory('${s.name}', size=10)`);
  });

  test('that is attached to', () => {
    const s = memory({ create: true, size: 10 });
    s.buf[0] = 255;
    const t = memory({ name: s.name });
    expect([t.buf[0], t.size]).toEqual(recorded('attached').ok);
    expect(memory({ name: s.name, size: 99999 }).size).toBe(recorded('size ignored on attach').ok);
  });

  test.each([
    [{ create: true }, "{'create': True}"],
    [{ create: true, size: 0 }, "{'create': True, 'size': 0}"],
    [{ create: true, size: -1 }, "{'create': True, 'size': -1}"],
    [{ name: null }, "{'name': None}"],
    [{ create: false, size: 5 }, "{'create': False, 'size': 5}"],
    [{ name: 'nope_xyz' }, "{'name': 'nope_xyz'}"],
    [{ create: true, size: 1.5 }, "{'create': True, 'size': 1.5}"],
    [{ create: true, size: '5' }, "{'create': True, 'size': '5'}"],
  ])('is not made of %p', async (options, text) => {
    expect(await maskedExcOf(() => new anyMemory(options))).toEqual(exc(recorded(`SharedMemory(${text})`)));
  });

  test('is not made of nothing', async () => {
    expect(await excOf(() => new SharedMemory())).toEqual(exc(recorded('SharedMemory({})')));
  });

  test('of a name that is taken', async () => {
    const { name } = memory({ create: true, size: 10 });
    const create = () => new SharedMemory({ name, create: true, size: 5 });
    expect(await maskedExcOf(create)).toEqual(
      exc(recorded("SharedMemory({'name': 'EXISTING', 'create': True, 'size': 5})")),
    );
    expect(create).toThrow(FileExistsError);
    expect(exists(name)).toBe(true);
  });

  test('a NUL in a name is an error, as since 3.13; before it ends the name', () => {
    expect(recorded("SharedMemory({'name': 'a\\x00b', 'create': True, 'size': 5})").ok).toBe('SharedMemory');
    expect(() => new SharedMemory({ name: 'a\0b', create: true, size: 5 })).toThrow(
      new ValueError('embedded null character'),
    );
    expect(exists('a')).toBe(false);
  });

  test('track is there, as since 3.13', () => {
    expect(exc(recorded('track kw (3.13)')).type).toBe('TypeError');
    const { name } = memory({ create: true, size: 10 });
    expect(memory({ name, track: false }).size).toBe(10);
  });

  test('close', () => {
    const s = memory({ create: true, size: 10 });
    const t = memory({ name: s.name });
    t.close();
    expect(t.buf).toBe(recorded('buf after close').ok);
    t.close();
    expect(s.buf).toHaveLength(10);
  });

  test('close ends the views that were made: in Python they are an error', () => {
    expect(exc(recorded('close with exported view')).type).toBe('BufferError');
    const s = memory({ create: true, size: 10 });
    const views = [s.buf, s.buf.subarray(0, 2), new Int16Array(s.buf.buffer)];
    s.close();
    expect(views.map(({ length }) => length)).toEqual([0, 0, 0]);
    expect(views.map((view) => view[0])).toEqual([undefined, undefined, undefined]);
  });

  test('unlink', async () => {
    const s = memory({ create: true, size: 10 });
    s.buf[0] = 255;
    const u = memory({ name: s.name });
    u.unlink();
    expect(exists(s.name)).toBe(false);
    expect(await maskedExcOf(() => u.unlink())).toEqual(exc(recorded('unlink twice')));
    expect(await maskedExcOf(() => new SharedMemory(u.name))).toEqual(exc(recorded('attach after unlink')));
    expect(s.buf[0]).toBe(recorded('data still readable after unlink').ok);
    expect(() => s.unlink()).toThrow(FileNotFoundError);
  });

  test('writes what a typed array writes: Python refuses what is too large, or not there', () => {
    expect(exc(recorded('buf too big value')).type).toBe('ValueError');
    expect(exc(recorded('buf out of range')).type).toBe('IndexError');
    const { buf } = memory({ create: true, size: 10 });
    buf[0] = 256;
    expect([buf[0], buf[10]]).toEqual([0, undefined]);
    expect(() => buf.set([1, 2, 3], 8)).toThrow('offset is out of bounds');
  });

  test('is at least as large as it says: it never ends in the middle of a use', () => {
    const size = 5 * 2 ** 20 + 1;
    const { buf } = memory({ create: true, size });
    buf.fill(7);
    expect(buf[size - 1]).toBe(7);
  });

  test('of more than there is leaves nothing behind', () => {
    const name = freshName('large');
    expect(() => new SharedMemory({ name, create: true, size: 2 ** 46 })).toThrow(OSError);
    expect(exists(name)).toBe(false);
    expect(() => new SharedMemory({ name, create: true, size: 2 ** 60 })).toThrow(
      new OSError('[Errno 12] Cannot allocate memory'),
    );
    expect(() => new SharedMemory({ name, create: true, size: 2 ** 63 })).toThrow(
      new OverflowError('Python int too large to convert to C long'),
    );
    expect(exists(name)).toBe(false);
  });

  test.each(['a/b', '../x', '', '/', 'x'.repeat(256), 'ä'.repeat(128)])('has no such name: %p', (name) => {
    const text = `[Errno 22] Invalid argument: '/${name}'`;
    expect(() => new SharedMemory({ name, create: true, size: 1 })).toThrow(new OSError(text));
    expect(() => new SharedMemory(name)).toThrow(new OSError(text));
  });

  test.each(['x', 'ä', "it's", 'with blanks ', '-n', '*', '%s', 'a\nb', '☃'])('has a name like %p', (end) => {
    const name = freshName() + end;
    const s = memory({ name, create: true, size: 3 });
    expect([s.name, exists(name), memory({ name }).size]).toEqual([name, true, 3]);
    s.unlink();
    expect(exists(name)).toBe(false);
  });

  test('a slash before a name is no part of it', () => {
    const name = freshName();
    const s = memory({ name: `/${name}`, create: true, size: 3 });
    expect([s.name, exists(name), memory({ name }).size]).toEqual([`/${name}`, true, 3]);
  });

  test.each([
    [[5], new TypeError('can only concatenate str (not "int") to str')],
    [
      [null, true, 5, false],
      new TypeError('SharedMemory() takes from 0 to 3 positional arguments but 4 were given'),
    ],
    [[{ create: true, foo: 1 }], new TypeError("SharedMemory() got an unexpected keyword argument 'foo'")],
    [[null, true, [1]], new TypeError("'>=' not supported between instances of 'list' and 'int'")],
  ])('is not made of %p', (args, error) => {
    expect(() => new anyMemory(...args)).toThrow(error);
  });

  test('takes its arguments by position, too', () => {
    const name = freshName();
    const s = new SharedMemory(name, true, 7);
    const t = new SharedMemory(name);
    const u = new SharedMemory(null, true, { size: 8, track: false });
    expect([s, t, u].map(({ size }) => size)).toEqual([7, 7, 8]);
    for (const each of [s, t, u]) each.close();
    s.unlink();
    u.unlink();
  });

  test('is closed at the end of a block', () => {
    const s = memory({ create: true, size: 3 });
    {
      using same = new SharedMemory(s.name);
      same.buf[0] = 5;
      expect(same.buf).toHaveLength(3);
    }
    expect(s.buf[0]).toBe(5);
    expect(exists(s.name)).toBe(true);
  });
});

describe('ShareableList', () => {
  const ITEMS = ['howdy', Buffer.from('HoWdY'), -273.154, 100, null, true, 42];

  test('lies in the memory as there, byte for byte', () => {
    const l = list(ITEMS);
    expect(plain([...l])).toEqual(recorded('list').ok);
    expect(l.format).toBe(recorded('format').ok);
    expect(l).toHaveLength(recorded('len').ok as number);
    expect(plain(l.shm.buf)).toEqual(recorded('raw layout').ok);
  });

  test('count and index', async () => {
    const l = list(ITEMS);
    expect([l.count(42), l.index(100)]).toEqual(recorded('count/index').ok);
    expect(await excOf(() => l.index('zz'))).toEqual(exc(recorded('index missing')));
  });

  test('equal is what Python calls so', () => {
    const l = list([1, true, 0, false, 2.5, null, 'a', Buffer.from('a'), 2n ** 63n - 1n]);
    expect([l.count(1), l.count(true), l.count(false), l.index(0), l.index(2.5)]).toEqual([2, 2, 2, 2, 4]);
    expect([l.count(null), l.index('a'), l.index(Buffer.from('a')), l.count('b')]).toEqual([1, 6, 7, 0]);
    expect([l.index(2n ** 63n - 1n), l.count(2 ** 63), l.count(1n)]).toEqual([8, 0, 2]);
    expect(list([NaN]).count(NaN)).toBe(0);
  });

  test('places that do not exist', async () => {
    const l = list(ITEMS);
    expect(await excOf(() => l[7])).toEqual(exc(recorded('get out of range')));
    expect(await excOf(() => (l[7] = 1))).toEqual(exc(recorded('set out of range')));
    expect(l[-1]).toBe(recorded('negative index').ok);
  });

  test('H19: there is nothing before the first item; Python reads, and writes, something there', async () => {
    const l = list(ITEMS);
    expect(recorded('index -8 (below range)').ok).toBe(29496);
    expect(() => l[-8]).toThrow(new IndexError('index out of range'));
    expect(() => (l[-8] = 1)).toThrow(new IndexError('assignment index out of range'));
    expect(plain(l.shm.buf)).toEqual(recorded('raw layout').ok);
  });

  test('items of other types', async () => {
    const l = list(ITEMS);
    l[3] = 7;
    l[4] = 'some';
    expect(plain([[...l], l.format])).toEqual(recorded('after type change').ok);
    expect(await excOf(() => (l[4] = 'far too many'))).toEqual(exc(recorded('too long')));
    l[0] = 'encodés';
    expect(l[0]).toBe(recorded('8 utf-8 bytes').ok);
    expect(await excOf(() => (l[0] = 'encodées'))).toEqual(exc(recorded('9 utf-8 bytes')));
    expect(plain(l[1])).toEqual(plain(Buffer.from('HoWdY')));
  });

  test('an error changes nothing: in Python an item that it does not take is 0 then', async () => {
    const l = list(ITEMS);
    expect(await excOf(() => (l[3] = [1] as never))).toEqual(exc(recorded('unsupported type')));
    const { type, str } = exc(recorded('int overflow'));
    expect(await excOf(() => (l[3] = 2n ** 63n))).toEqual({ type: `struct.${type}`, str });
    expect(l[3]).toBe(100);
    expect((recorded('repr').ok as string).includes('-273.154, 0, ')).toBe(true);
  });

  test('is written as Python writes it', () => {
    const l = list(['encodés', Buffer.from('HoWdY'), -273.154, 0, 'some', true, 42]);
    expect(String(l).replace(l.shm.name, 'NAME')).toBe(recorded('repr').ok);
  });

  test('cannot grow', () => {
    expect(exc(recorded('append')).type).toBe('AttributeError');
    expect('append' in list([1])).toBe(false);
  });

  test('is attached to by its name', () => {
    const l = list(ITEMS);
    attached(l.shm.name)[6] = 1;
    expect(l[6]).toBe(recorded('attach by name shares').ok);
  });

  /** What is recorded of a list: its items and its format. */
  const roundtrip = (text: string) => recorded(`roundtrip ${text}`).ok;
  const of = (l: ShareableList) => plain([[...l], l.format]);

  test.each([
    [['ab\0\0', Buffer.from('x\0\0')], "['ab\\x00\\x00', b'x\\x00\\x00']"],
    [[''], "['']"],
    [[Buffer.of()], "[b'']"],
    [[], '[]'],
    [[true, false, 1, 0], '[True, False, 1, 0]'],
    [['x'.repeat(100)], `['${'x'.repeat(58)}`],
    [[NaN], '[nan]'],
    [['é'.repeat(8), 'plain'], "['éééééééé', 'plain']"],
  ])('of %p', (items, text) => {
    expect(of(list(items))).toEqual(roundtrip(text));
  });

  test('of integers of 64 bits', () => {
    const most = 2n ** 63n - 1n;
    const l = list([most, -most - 1n, 2n ** 53n, 5n]);
    expect([...l]).toEqual([most, -most - 1n, 2n ** 53n, 5]);
    expect(l.format).toBe('qqqq');
  });

  test('H19: keeps text of every alphabet; Python loses its end, or cannot read it', () => {
    expect(roundtrip("['üüüüüüü']")).toEqual([['üüüü'], '8s']);
    expect(of(list(['ü'.repeat(7)]))).toEqual([['ü'.repeat(7)], '16s']);
    expect(exc(recorded("roundtrip ['日本語日本語', 'x']")).type).toBe('UnicodeDecodeError');
    expect(of(list(['日本語日本語', 'x']))).toEqual([['日本語日本語', 'x'], '24s8s']);
    expect([...list(['😀'.repeat(20), '\u{feff}x'])]).toEqual(['😀'.repeat(20), '\u{feff}x']);
  });

  test('text that is no text', () => {
    const l = list(['abcdefg']);
    const start = l.shm.buf.indexOf('a'.charCodeAt(0));
    l.shm.buf[start] = 0xff;
    expect(() => l[0]).toThrow(UnicodeError);
    expect(() => list(['x\ud800'])).toThrow(
      new UnicodeError(
        "'utf-8' codec can't encode character '\\ud800' in position 1: surrogates not allowed",
      ),
    );
  });

  test.each([
    [[2n ** 63n], new StructError('argument out of range')],
    [[[1]], new KeyError("<class 'list'>")],
    [[{}], new KeyError("<class 'dict'>")],
    [[new Float64Array(1)], new KeyError("<class 'Float64Array'>")],
    [['x'.repeat(1e7)], new AssertionError('')],
  ])('is not made of %p', (items, error) => {
    expect(() => list(items as never)).toThrow(error);
  });

  test('is recorded not to be made of the same', () => {
    expect(exc(recorded('construct [9223372036854775808]'))).toEqual({
      type: 'error',
      str: 'argument out of range',
    });
    expect(exc(recorded('construct [[1]]'))).toEqual({ type: 'KeyError', str: "<class 'list'>" });
    expect(exc(recorded(`construct ['${'x'.repeat(28)}`))).toEqual({ type: 'AssertionError', str: '' });
  });

  test('numbers without a fraction are integers, others floats', () => {
    const l = list([3, -0, 2 ** 60, 1e300, 0.5]);
    expect(l.format).toBe('qdddd');
    expect([...l]).toEqual([3, -0, 2 ** 60, 1e300, 0.5]);
  });

  test('that was closed', () => {
    const l = list([1]);
    l.shm.close();
    expect(() => l[0]).toThrow(new TypeError("a bytes-like object is required, not 'NoneType'"));
  });
});
