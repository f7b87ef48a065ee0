import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { str, ValueError } from 'multiprocessing-ts/builtins';
import { Client, Listener, type Address, type Connection } from 'multiprocessing-ts/connection';
import { inDirectory, inTime, killAll, run } from '../support/processes';
import { findPython } from '../support/python';

/** `Listener` and `Client` here, the other half in CPython: old ones with MD5, and with SHA-256 those since 3.12. */
const peer = join(__dirname, '../fixtures/python/sockets_peer.py');

/** The python3 of the machine, and one of the other kind if pyenv has it. */
function pythons(): [version: string, command: string][] {
  const name = findPython();
  if (name === null) return [];
  // Itself, and not what would look for it at each start.
  const look = 'import platform, sys; print(platform.python_version(), sys.executable)';
  const { stdout } = spawnSync(name, ['-c', look], { encoding: 'utf8' });
  const [own, command] = stdout.trim().split(' ') as [string, string];
  const isModern = (version: string): boolean => Number(version.split('.')[1]) >= 12;
  const folder = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  let versions: string[] = [];
  try {
    versions = readdirSync(folder).filter((version) => /^3\.(?:[89]|1\d)\.\d+$/.test(version));
  } catch {
    // There is no pyenv.
  }
  const other = versions
    .filter((version) => isModern(version) !== isModern(own))
    .sort()
    .pop();
  if (other === undefined) return [[own, command]];
  return [
    [own, command],
    [other, join(folder, other, 'bin', 'python3')],
  ];
}

const found = pythons();
/** Without a CPython they are skipped, and seen to be: see findPython. */
const withPython = found.length === 0 ? describe.skip : describe;
const cases = (found.length === 0 ? [['none', '']] : found).flatMap(([version = '', command = '']) =>
  (['AF_INET', 'AF_UNIX'] as const).map((family) => [version, family, command] as const),
);

interface Peer {
  /** The next line that it has told. */
  told(): Promise<unknown[]>;
  readonly ended: Promise<number | null>;
}

const running: ChildProcess[] = [];
/** Where Python puts its sockets: killed, it leaves them. */
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'multiprocessing-ts-spec-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const opened: { close(): void }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  await killAll();
});

function python(
  command: string,
  what: 'serve' | 'connect',
  address: unknown,
  key: string,
  count = 1,
  how = 'bytes',
): Peer {
  const child = spawn(command, [peer, what, JSON.stringify(address), key, String(count), how], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', TMPDIR: folder },
  });
  running.push(child);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ended,
    told: async () => JSON.parse((await inTime(lines.next(), 'Python')).value as string) as unknown[],
  };
}

const accept = async (from: Listener): Promise<Connection> => {
  const connection = await inTime(from.accept(), 'accept');
  opened.push(connection);
  return connection;
};

const client = async (...args: Parameters<typeof Client>): Promise<Connection> => {
  const connection = await inTime(Client(...args), 'Client');
  opened.push(connection);
  return connection;
};

function listen(family: 'AF_INET' | 'AF_UNIX', key: string): Listener {
  const listener = new Listener({ family, authkey: key === '-' ? null : Buffer.from(key) });
  opened.push(listener);
  return listener;
}

const keyed = (key: string): { authkey?: Buffer } => (key === '-' ? {} : { authkey: Buffer.from(key) });

const refused = (promise: Promise<unknown>): Promise<[string, string]> =>
  inTime(promise, 'the refusal').then(
    () => ['nothing', ''],
    (error: unknown) => [(error as Error).name, (error as Error).message],
  );

/** Messages of all lengths go there and come back. */
async function expectEcho(connection: Connection): Promise<void> {
  for (const length of [0, 1, 16_384, 16_385, 65_536, 20_000_000]) {
    const bytes = Buffer.alloc(length, 'abcdefg');
    await connection.send_bytes(bytes);
    const back = await inTime(connection.recv_bytes(), `the echo of ${length} bytes`);
    expect(back.equals(bytes)).toBe(true);
  }
  for (let i = 0; i < 100; i++) {
    await connection.send_bytes(Buffer.from(String(i)));
    expect(String(await inTime(connection.recv_bytes(), 'the echo'))).toBe(String(i));
  }
}

withPython.each(cases)('with Python %s over %s', (_version, family, command) => {
  test('its client is served here', async () => {
    const listener = listen(family, 'secret');
    const other = python(command, 'connect', listener.address, 'secret');
    const connection = await accept(listener);
    expect(await other.told()).toEqual(['connected']);
    await expectEcho(connection);
    connection.close();
    expect(await other.told()).toEqual(['done']);
    expect(await other.ended).toBe(0);
  });

  test('its listener refuses a wrong key, both hear why, and the right one is served', async () => {
    const other = python(command, 'serve', family === 'AF_INET' ? ['127.0.0.1', 0] : null, 'secret', 2);
    const [, address] = (await other.told()) as [string, Address];
    expect(await refused(Client(address, keyed('wrong')))).toEqual([
      'AuthenticationError',
      'digest sent was rejected',
    ]);
    expect(await other.told()).toEqual(['AuthenticationError', 'digest received was wrong']);
    const connection = await client(address, keyed('secret'));
    expect(await other.told()).toEqual(['accepted']);
    await expectEcho(connection);
    connection.close();
    expect(await other.told()).toEqual(['done']);
  });
});

withPython.each(found.length === 0 ? [['none', '']] : found)('with Python %s', (version, command) => {
  const isModern = Number(version.split('.')[1]) >= 12;

  test('neither side with a key, and its client goes away', async () => {
    const listener = listen('AF_INET', '-');
    const other = python(command, 'connect', listener.address, '-');
    const connection = await accept(listener);
    expect(await other.told()).toEqual(['connected']);
    await expectEcho(connection);
    running[0]?.kill('SIGKILL');
    expect(await refused(connection.recv_bytes())).toEqual(['EOFError', '']);
  });

  test('its client with a wrong key is refused, and both hear why', async () => {
    const listener = listen('AF_UNIX', 'secret');
    const other = python(command, 'connect', listener.address, 'wrong');
    expect(await refused(listener.accept())).toEqual(['AuthenticationError', 'digest received was wrong']);
    expect(await other.told()).toEqual(['AuthenticationError', 'digest sent was rejected']);
  });

  test('its client without a key is not let in', async () => {
    const listener = listen('AF_INET', 'secret');
    const other = python(command, 'connect', listener.address, '-');
    // It takes the challenge for a message, and sends it back.
    expect(await other.told()).toEqual(['connected']);
    expect((await refused(listener.accept()))[0]).toBe('AuthenticationError');
    expect(await other.told()).toEqual(['done']);
  });

  test('its listener without a key: a client with one hears so in time', async () => {
    const other = python(command, 'serve', null, '-');
    const [, address] = (await other.told()) as [string, Address];
    const [name, text] = await refused(Client(address, { ...keyed('secret'), timeout: 0.3 }));
    expect([name, text.includes('has it an authkey?')]).toEqual(['AuthenticationError', true]);
    expect(await other.told()).toEqual(['accepted']);
    expect(await other.told()).toEqual(['done']);
  });

  test('values go there and come back as pickles, and errors with them', async () => {
    const other = python(command, 'serve', null, 'secret', 1, 'values');
    const [, address] = (await other.told()) as [string, Address];
    const connection = await client(address, keyed('secret'));
    expect(await other.told()).toEqual(['accepted']);
    const values: [unknown, string][] = [
      [1, '1'],
      [2n ** 70n, String(2n ** 70n)],
      [2.5, '2.5'],
      ['é\n', String.raw`'é\n'`],
      [true, 'True'],
      [Buffer.from('ab'), "b'ab'"],
      [[1, [2], null], '[1, [2], None]'],
      [new Map<unknown, unknown>([['a', 1]]), "{'a': 1}"],
    ];
    for (const [value, text] of values) {
      await connection.send(value);
      expect(await other.told()).toEqual(['got', text]);
      expect(await inTime(connection.recv(), 'recv')).toEqual(value);
    }
    await connection.send(null);
    const error = (await inTime(connection.recv(), 'recv')) as Error;
    expect([error.name, error instanceof ValueError]).toEqual(['ValueError', true]);
    // A tuple is an array here.
    expect(str(await inTime(connection.recv(), 'recv'))).toBe(
      "{'a': [1, 2.5, None, True], b'k': [b'x', 1180591620717411303424, {'é'}]}",
    );
    // What cannot be pickled there is an error there, and the end here.
    expect((await other.told())[0]).toBe('TypeError');
    // And here: nothing is sent, and the connection goes on.
    expect((await refused(connection.send(() => 1)))[0]).toBe('PicklingError');
    expect(await refused(connection.recv())).toEqual(['EOFError', '']);
  });

  test('an empty key is a key since 3.12, and none before', async () => {
    const other = python(command, 'serve', null, '');
    const [, address] = (await other.told()) as [string, Address];
    const [name] = await refused(
      Client(address, { authkey: Buffer.alloc(0), timeout: 0.5 }).then((c) => c.close()),
    );
    expect(name).toBe(isModern ? 'nothing' : 'AuthenticationError');
  });
});

withPython('many clients of Python', () => {
  test('at once', async () => {
    const [, command] = found[0] as [string, string];
    const listener = listen('AF_INET', 'secret');
    const others = Array.from({ length: 4 }, () =>
      python(command, 'connect', listener.address, 'secret', 50),
    );
    for (let i = 0; i < 200; i++) {
      const connection = await accept(listener);
      await connection.send_bytes(Buffer.of(i));
      expect(await inTime(connection.recv_bytes(), 'the echo')).toEqual(Buffer.of(i));
      connection.close();
    }
    for (const other of others) expect(await other.ended).toBe(0);
  });
});

describe('a program', () => {
  /** Runs spec/fixtures/programs/listener.cjs. */
  const listening = (what: string, ...args: string[]) =>
    run('listener.cjs', { args: [what, ...args], flags: ['--expose-gc'] });

  test('that ends leaves no socket behind', async () => {
    await inDirectory(async (directory) => {
      const path = join(directory, 'socket');
      const { code, stdout, stderr } = await listening('leave', path);
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'there\n', stderr: '' });
      expect(existsSync(path)).toBe(false);
    });
  });

  test('is not kept alive by a listener, nor by connections that nobody waits for', async () => {
    const { code, stdout } = await listening('idle');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'idle\n' });
  });

  test('is kept alive by who accepts or receives', async () => {
    const { code, stdout } = await listening('wait');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'accepted\nreceived hello\n' });
  });

  test('closes what it drops: a connection and a listener', async () => {
    const { code, stdout } = await listening('drop');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'EOFError\nConnectionRefusedError\n' });
  });
});
