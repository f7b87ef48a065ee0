import { PickleCodec, Tuple } from '../../../lib/pickle';
import { Full } from '../../../lib/queues/errors';
import { testWithPython } from '../../support/python';
import { assemble, python, show } from './support';

const codec = new PickleCodec({ exceptions: [['queue Full', Full]] });

/** What CPython is asked to pickle, with every protocol and by both of its picklers. */
const EXPRESSIONS = [
  'None',
  '[True, False]',
  '[0, 1, 255, 256, 65535, 65536, -1, -128, -129, 2**31-1, 2**31, -2**31, -2**31-1]',
  '[2**53-1, 2**53, 2**53+1, -2**53, 2**63, -2**63, 2**64, 10**50, -10**50, 2**2040, -2**2047, 3**1500]',
  '[0.5, -0.5, 1e300, -1e-300, 5e-324, 1.0, -0.0, 1e16, float("inf"), float("-inf"), float("nan")]',
  '["", "a", "ä", "€", "😀", "\\ud800", "a\\udfffb", "\\0\\n\\r\\\\", "\'\\"", "\\x1a", "x" * 300, "ü" * 70000]',
  '[b"", b"abc", bytes(range(256)), b"x" * 300, b"y" * 70000]',
  '[bytearray(), bytearray(b"abc"), bytearray(bytes(range(256)))]',
  '[(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((),), tuple(range(2000))]',
  '[[], [[]], [1], list(range(2500))]',
  '[{}, {"a": 1}, {"a": {"b": {}}}, {1: 2, (1, 2): [], None: 0, b"k": "v", 1.5: True}]',
  'dict.fromkeys(range(2500))',
  '[set(), {1, 2, 3}, frozenset(), frozenset([1, "a", (2,)]), {frozenset([frozenset()])}]',
  '{"__proto__": {"polluted": True}, "constructor": 1, "toString": 2}',
  '("id", "method", (1,), {})',
  'OrderedDict(b=1, a=2)',
  'datetime.datetime(2024, 2, 29, 23, 59, 59, 123000, timezone.utc)',
  'datetime.datetime(2024, 2, 29, 23, 59, 59, 123456, timezone.utc)',
  'datetime.datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=-3, microseconds=7), "X"))',
  'datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, timezone(timedelta(hours=5, minutes=30)))',
  'datetime.datetime(2024, 10, 27, 2, 30, fold=1)',
  '[date(1, 1, 1), date(9999, 12, 31), time(), time(1, 2, 3, 4), time(5, fold=1, tzinfo=timezone.utc)]',
  '[timedelta(), timedelta(-1, 5, 7), timedelta(999999999), timezone.utc, timezone(timedelta(hours=2), "CEST")]',
  '[array.array(c, [1, 2, 3]) for c in "bhHiIlLqQfd"]',
  '[ValueError(), ValueError("x"), ValueError("x", 1), KeyError("k"), StopIteration(5), SystemExit(3)]',
  '[UnicodeDecodeError("utf-8", b"\\xff", 0, 1, "bad"), UnboundLocalError("u"), BaseException(1), UserWarning()]',
  '[OSError(2, "No such file", "f"), OSError("only text"), BrokenPipeError(32, "Broken pipe"), IsADirectoryError(21, "d")]',
  '[queue.Full(), ProcessError("p"), BufferTooShort(b"abc"), AuthenticationError("digest"), TimeoutError("t")]',
  'noted(ValueError("x"))',
  'shared()',
];
const SETUP = `
def noted(error):
    error.__notes__ = ['note']; error.extra = {'a': (1,)}
    return error
def shared():
    inner = [1]; return [inner, inner, (inner, {'k': inner})]
`;

const { dumped } = python({ setup: [SETUP], dumps: EXPRESSIONS });

describe('what CPython pickles with protocols 0 to 5', () => {
  testWithPython.each(EXPRESSIONS.map((expression, i) => [expression, i] as const))('%s', (_, i) => {
    const pickles = dumped[i]!;
    expect(pickles.length).toBeGreaterThan(3);
    for (const [pickle, shown] of pickles) {
      expect(named(show(codec.loads(Buffer.from(pickle, 'hex'))))).toBe(named(shown));
    }
  });
});

/** An exception is shown with its module in Python, and without it here. */
const named = (shown: string): string => shown.replace(/\b(builtins|queue|multiprocessing\.context)\./g, '');

/** Every opcode by itself, as old and new writers use it. */
const OPCODES: readonly (readonly [name: string, pickle: Buffer])[] = [
  ['INT', assemble('I-12\n.')],
  ['INT, a bool', assemble('(I01\nI00\nt.')],
  ['LONG', assemble('(L12L\nL-123456789012345678901234567890L\nL5\nt.')],
  ['FLOAT', assemble('(F1.5\nF-1e+300\nFinf\nF-inf\nFnan\nF3\nt.')],
  ['STRING', assemble(`(S'a\\n\\x41\\'\\\\'\nS"it's"\nt.`)],
  ['BINSTRING', assemble('T', 3, 0, 0, 0, 'abc.')],
  ['SHORT_BINSTRING', assemble('U', 3, 'abc.')],
  ['UNICODE', assemble('Vab\\u20ac\\U0001f600\xe4\\\\u0041\\n\n.')],
  ['BINUNICODE8', assemble(0x8d, 3, 0, 0, 0, 0, 0, 0, 0, 'abc.')],
  ['BINBYTES8', assemble(0x8e, 3, 0, 0, 0, 0, 0, 0, 0, 'abc.')],
  ['BYTEARRAY8', assemble(0x96, 3, 0, 0, 0, 0, 0, 0, 0, 'abc.')],
  ['LONG4', assemble(0x8b, 9, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, '.')],
  ['LONG1 of nothing', assemble(0x8a, 0, '.')],
  ['LONG1 with needless bytes', assemble(0x8a, 8, 5, 0, 0, 0, 0, 0, 0, 0, '.')],
  ['PUT, GET', assemble('(]p0\ng0\nt.')],
  ['BINPUT, BINGET', assemble('(]q', 5, 'h', 5, 't.')],
  ['LONG_BINPUT, LONG_BINGET', assemble('(]r', 9, 0, 0, 0, 'j', 9, 0, 0, 0, 't.')],
  ['LIST', assemble('(K', 1, 'K', 2, 'l.')],
  ['DICT', assemble('(K', 1, 'K', 2, 'd.')],
  ['POP', assemble('K', 1, 'K', 2, '0.')],
  ['POP of a mark', assemble('K', 1, '(0.')],
  ['POP_MARK', assemble('K', 1, '(K', 2, 'K', 3, '1.')],
  ['DUP', assemble('(]2t.')],
  ['EMPTY_SET, ADDITEMS', assemble(0x8f, '(K', 1, 'K', 2, 0x90, '.')],
  ['FROZENSET', assemble('(K', 1, 0x91, '.')],
  ['FRAME', assemble(0x80, 4, 0x95, 3, 0, 0, 0, 0, 0, 0, 0, 'K', 1, '.')],
  ['GLOBAL, REDUCE', assemble('cbuiltins\nset\n(]K', 1, 'atR.')],
  ['GLOBAL of Python 2', assemble('c__builtin__\nset\n(]K', 1, 'atR.')],
  ['an exception of Python 2', assemble('cexceptions\nValueError\n(S"x"\ntR.')],
  ['STACK_GLOBAL', assemble(0x8c, 8, 'builtins', 0x8c, 3, 'set', 0x93, ')R.')],
  ['NEWOBJ', assemble('cbuiltins\nValueError\n)', 0x81, '.')],
  ['NEWOBJ_EX', assemble('cbuiltins\nValueError\n)}', 0x92, '.')],
  ['INST', assemble("(S'x'\nibuiltins\nValueError\n.")],
  ['OBJ', assemble("(cbuiltins\nValueError\nS'x'\no.")],
  ['BUILD', assemble("cbuiltins\nValueError\n)R}S'k'\nK", 1, 'sb.')],
  ['what comes after STOP', assemble('K', 1, '.garbage')],
  ['more on the stack at STOP', assemble('K', 1, 'K', 2, '.')],
];
const { judged } = python({ judges: OPCODES.map(([, pickle]) => pickle) });

describe('opcodes, as CPython takes them', () => {
  testWithPython.each(OPCODES.map(([name, pickle], i) => [name, pickle, i] as const))(
    '%s',
    (_, pickle, i) => {
      expect(judged[i]).toEqual({ shown: expect.any(String) as string });
      expect(named(show(codec.loads(pickle)))).toBe(named(judged[i]!.shown!));
    },
  );
});

describe('what is in several places', () => {
  test('is one object', () => {
    const [a, b] = codec.loads(assemble('(]', 0x94, 'h', 0, 't.')) as unknown[][];
    expect(a).toBe(b);
  });

  test('may lie in itself', () => {
    const list = codec.loads(assemble(']', 0x94, 'h', 0, 'a.')) as unknown[];
    expect(list[0]).toBe(list);
    const [inner] = codec.loads(assemble('(]', 0x94, '(h', 0, 't', 0x94, 'at.')) as unknown[][];
    expect((inner as unknown[][])[0]![0]).toBe(inner);
    expect(inner![0]).toBeInstanceOf(Tuple);
  });

  test('takes no more room for being named often', () => {
    // A list of the last list twice, a hundred deep: 2**100 paths to its end.
    const steps = Array.from({ length: 100 }, (_, i) => assemble('](h', i, 'h', i, 'eq', i + 1));
    const list = codec.loads(assemble(']q', 0, ...steps, '.')) as unknown[];
    expect(list).toHaveLength(2);
    expect(list[0]).toBe(list[1]);
  });
});

test('nesting has no limit', () => {
  const depth = 300_000;
  let list = codec.loads(assemble(']'.repeat(depth), 'a'.repeat(depth - 1), '.')) as unknown[];
  let found = 1;
  for (; list.length > 0; found++) list = list[0] as unknown[];
  expect(found).toBe(depth);
});

test('two NaNs are two keys', () => {
  const nan = assemble('G', 0x7f, 0xf8, 0, 0, 0, 0, 0, 0);
  const dict = codec.loads(assemble('}(', nan, 'K', 1, nan, 'K', 2, 'u.')) as Map<unknown, unknown>;
  expect([...dict.values()]).toEqual([1, 2]);
});

test('bytes are copied out of the message', () => {
  const pickle = assemble('C', 3, 'abc.');
  const bytes = codec.loads(pickle) as Buffer;
  pickle.fill(0);
  expect(bytes.toString()).toBe('abc');
});
