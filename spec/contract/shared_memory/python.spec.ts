import { Pool } from 'multiprocessing-ts';
import { FileExistsError, FileNotFoundError, UnicodeError } from 'multiprocessing-ts/builtins';
import { SharedMemory, type GivenItem } from 'multiprocessing-ts/shared_memory';
import { testWithPython } from '../../support/python';
import {
  attached,
  cleanUp,
  exists,
  freshName,
  list,
  memory,
  plain,
  remove,
  runPython,
  talkWithPython,
  type Conversation,
} from './support';

/** The same memory in CPython and here, whoever has made it. */
let talk: Conversation | null = null;
const python = (program: string, ...args: unknown[]): Conversation =>
  (talk = talkWithPython(program, ...args));
afterEach(async () => {
  cleanUp();
  talk?.stop();
  await talk?.ended;
  talk = null;
});

describe('memory that is made here', () => {
  testWithPython('Python attaches to, and both see what the other writes', async () => {
    const shm = memory({ create: true, size: 40 });
    const doubles = new Float64Array(shm.buf.buffer, 0, 5);
    doubles.set([1.5, -2, 3, 1e300, NaN]);
    const { hear, tell, ended } = python(
      `
shm = attach(args[0])
d = shm.buf.cast('d')
say([shm.size, d[0], d[1], d[2], d[3], d[4] != d[4]])
d[0] = 2.25
say(None); next()
say(d[2])
d.release(); shm.close()
`,
      shm.name,
    );
    expect(await hear()).toEqual([40, 1.5, -2, 3, 1e300, true]);
    await hear();
    expect(doubles[0]).toBe(2.25);
    doubles[2] = 7.5;
    tell();
    expect(await hear()).toBe(7.5);
    expect(await ended).toBe('');
    expect(exists(shm.name)).toBe(true);
  });

  testWithPython('Python unlinks', () => {
    const shm = memory({ create: true, size: 3 });
    const { stderr } = runPython('shm = SharedMemory(args[0]); shm.close(); shm.unlink()', shm.name);
    expect(stderr).toBe('');
    expect(exists(shm.name)).toBe(false);
    shm.buf[0] = 1;
    expect(shm.buf[0]).toBe(1);
    expect(() => shm.unlink()).toThrow(FileNotFoundError);
  });

  testWithPython('Python cannot make again', () => {
    const shm = memory({ create: true, size: 3 });
    const { said } = runPython(
      `
try: SharedMemory(args[0], create=True, size=5)
except FileExistsError as e: say(str(e))
`,
      shm.name,
    );
    expect(said).toEqual([`[Errno 17] File exists: '/${shm.name}'`]);
  });

  testWithPython('is not there for Python once it is unlinked', () => {
    const { name } = memory({ create: true, size: 3 });
    cleanUp();
    const { said } = runPython(
      `
try: SharedMemory(args[0])
except FileNotFoundError as e: say(str(e))
`,
      name,
    );
    expect(said).toEqual([`[Errno 2] No such file or directory: '/${name}'`]);
    expect(() => new SharedMemory(name)).toThrow(`[Errno 2] No such file or directory: '/${name}'`);
  });

  testWithPython('an old Python that only attaches unlinks at its end: docs/shared_memory.md', () => {
    const shm = memory({ create: true, size: 3 });
    const { said, stderr } = runPython(
      'say(sys.version_info >= (3, 13)); shm = SharedMemory(args[0]); shm.close()',
      shm.name,
    );
    // gh-82300; `track=False` is there since 3.13, and what is attached to is tracked still.
    expect(said).toHaveLength(1);
    expect(stderr).toContain('leaked shared_memory');
    expect(exists(shm.name)).toBe(false);
  });
});

describe('memory that Python makes', () => {
  const PROGRAM = `
shm = SharedMemory(create=True, size=args[0])
shm.buf[:5] = b'hello'
say(shm.name)
next()
say(bytes(shm.buf[:5]).decode())
shm.close()
try: shm.unlink()
except FileNotFoundError as e: say(str(e))
`;

  testWithPython('is attached to, and both see what the other writes', async () => {
    const { hear, tell, ended } = python(PROGRAM, 5000);
    const name = (await hear()) as string;
    const shm = memory({ name });
    expect([shm.size, Buffer.from(shm.buf.subarray(0, 6)).toString()]).toEqual([5000, 'hello\0']);
    shm.buf.set(Buffer.from('world'));
    tell();
    expect(await hear()).toBe('world');
    expect(await ended).toBe('');
    expect(exists(name)).toBe(false);
    expect(shm.buf[0]).toBe('w'.charCodeAt(0));
    expect(() => new SharedMemory(name)).toThrow(FileNotFoundError);
  });

  testWithPython('is not ours: it stays when those who have attached to it end', async () => {
    const { hear, tell, ended } = python(PROGRAM, 10);
    const name = (await hear()) as string;
    const pool = new Pool(1);
    try {
      const write = (there: string): number => {
        const shm = new SharedMemory(there);
        shm.buf.set(Buffer.from('other'));
        return shm.size;
      };
      expect(await pool.apply(write, [name])).toBe(10);
    } finally {
      await pool.terminate();
    }
    expect(exists(name)).toBe(true);
    tell();
    expect(await hear()).toBe('other');
    expect(await ended).toBe('');
  });

  testWithPython('is unlinked here', async () => {
    const { hear, tell, ended } = python(PROGRAM, 10);
    const name = (await hear()) as string;
    memory({ name }).unlink();
    expect(exists(name)).toBe(false);
    tell();
    expect([await hear(), await hear()]).toEqual([
      'hello',
      `[Errno 2] No such file or directory: '/${name}'`,
    ]);
    // Its tracker has been told of the name, and has not found it.
    expect(await ended).toContain('resource_tracker');
  });

  testWithPython('cannot be made again here', async () => {
    const { hear, tell, ended } = python(PROGRAM, 10);
    const name = (await hear()) as string;
    expect(() => new SharedMemory({ name, create: true, size: 1 })).toThrow(FileExistsError);
    expect(exists(name)).toBe(true);
    tell();
    await ended;
  });
});

describe('lists', () => {
  /** In JSON: bytes in hex, integers that are too large for it as text. */
  const CODEC = `
def enc(v):
    if isinstance(v, bytes): return {'bytes': v.hex()}
    if isinstance(v, int) and not isinstance(v, bool): return {'int': str(v)}
    return v
def dec(v):
    if not isinstance(v, dict): return v
    return bytes.fromhex(v['bytes']) if 'bytes' in v else int(v['int'])
`;
  const encoded = (value: unknown): unknown =>
    Number.isSafeInteger(value) || typeof value === 'bigint' ? { int: String(value) } : plain(value);

  const ITEMS: GivenItem[] = [
    'howdy',
    Buffer.from([72, 0, 255]),
    -273.154,
    100,
    null,
    true,
    false,
    2n ** 63n - 1n,
    -(2n ** 63n),
    '',
    Buffer.of(),
    'x'.repeat(16),
    1e300,
    0.1,
  ];

  testWithPython('that are made here are the same there, with items of all types', async () => {
    const ours = list(ITEMS);
    const { hear, tell, ended } = python(
      `${CODEC}
items = attach_list(args[0])
say([enc(v) for v in items]); say(len(items))
items[0] = 'there'; items[1] = None; items[2] = 5; items[4] = 0.5; items[-1] = False; items[3] = b'abc'
say(items.format); next()
say([enc(items[0]), enc(items[1]), enc(items[2])])
items.shm.close()
`,
      ours.shm.name,
    );
    expect([await hear(), await hear()]).toEqual([ITEMS.map(encoded), ITEMS.length]);
    expect(await hear()).toBe(ours.format);
    expect(ours.format).toBe('8sxxxxxx?xq8sdxxxxxxx?xxxxxxx?qq8s8s24sdxxxxxxx?');
    expect(plain([ours[0], ours[1], ours[2], ours[3], ours[4], ours[-1]])).toEqual(
      plain(['there', null, 5, Buffer.from('abc'), 0.5, false]),
    );
    ours[0] = 'here';
    ours[1] = Buffer.from('z');
    ours[2] = -0.5;
    tell();
    expect(await hear()).toEqual(['here', { bytes: '7a' }, -0.5]);
    expect(await ended).toBe('');
  });

  testWithPython('that Python makes are the same here', async () => {
    const { hear, tell, ended } = python(
      `${CODEC}
items = ShareableList([dec(v) for v in args[0]])
say(items.shm.name); say(items.format); next()
say([enc(v) for v in items])
items.shm.close(); items.shm.unlink()
`,
      ITEMS.map(encoded),
    );
    const theirs = attached((await hear()) as string);
    expect(theirs.format).toBe(await hear());
    expect([...theirs].map(encoded)).toEqual(ITEMS.map(encoded));
    const changed: GivenItem[] = [
      'ab',
      Buffer.of(1),
      5,
      'short',
      true,
      null,
      1.5,
      7,
      'x',
      1,
      2,
      'y'.repeat(24),
      3,
      4,
    ];
    changed.forEach((item, i) => (theirs[i] = item as number));
    tell();
    expect(await hear()).toEqual(changed.map(encoded));
    expect(await ended).toBe('');
  });

  testWithPython('lie byte for byte as there, where Python does not lose text', () => {
    const lists: GivenItem[][] = [
      [],
      ITEMS,
      ['é'.repeat(8), 'plain'],
      ['encodés'],
      ['日本語'],
      ...Array.from({ length: 30 }, (_, i) => ['x'.repeat(i), Buffer.alloc(i, 1), i, i / 7, i % 2 === 0]),
    ];
    const program = `${CODEC}
for each in args[0]:
    items = ShareableList([dec(v) for v in each])
    say([items.format, bytes(items.shm.buf).hex()])
    items.shm.close(); items.shm.unlink()
`;
    const { said } = runPython(
      program,
      lists.map((each) => each.map(encoded)),
    );
    const here = lists.map((each) => {
      const { format, shm } = list(each);
      return [format, Buffer.from(shm.buf).toString('hex')];
    });
    // 9 bytes of text that Python has given 8.
    expect(said.length).toBe(lists.length);
    const same = here.map((each, i) => JSON.stringify(each) === JSON.stringify(said[i]));
    expect(lists.filter((_, i) => !same[i])).toEqual([['日本語']]);
  });

  testWithPython('H19: text of other alphabets that is written here is whole there', () => {
    const texts = ['ü'.repeat(7), '日本語日本語', '😀'.repeat(9), 'naïve café'];
    const { said } = runPython(
      'items = attach_list(args[0]); say(list(items)); items.shm.close()',
      list(texts).shm.name,
    );
    expect(said).toEqual([texts]);
  });

  testWithPython('H19: what Python has cut off is gone, and says so', async () => {
    const { hear, tell } = python(
      `
items = ShareableList(['ü' * 7, '日本語日本語', 'fine'])
say(items.shm.name); next(); items.shm.close(); items.shm.unlink()
`,
    );
    const theirs = attached((await hear()) as string);
    expect([theirs[0], theirs[2]]).toEqual(['üüüü', 'fine']);
    expect(() => theirs[1]).toThrow(UnicodeError);
    tell();
  });
});

testWithPython('a name that was free for one is taken for the other', () => {
  const name = freshName('python');
  const { stderr } = runPython(
    'shm = SharedMemory(args[0], create=True, size=7); forget(shm); shm.close()',
    name,
  );
  try {
    expect(stderr).toBe('');
    expect(() => new SharedMemory({ name, create: true, size: 5 })).toThrow(FileExistsError);
    expect(memory({ name }).size).toBe(7);
  } finally {
    remove(name);
  }
});
