import { realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { killAll, run, type Ended, type Options } from '../support/processes';

/** How functions travel from programs of users: what no test runner may stand between. */
afterEach(killAll);

const well = (...lines: string[]): Ended => ({
  code: 0,
  signal: null,
  stdout: lines.map((line) => `${line}\n`).join(''),
  stderr: '',
});
const runs = (name: string, options?: Options): Promise<Ended> => run(`functions/${name}`, options);

describe('the surroundings of a function are those of its file', () => {
  test('in an ES module: import.meta.url, relative import(); the main script is not run again', async () => {
    expect(await runs('module.mjs')).toEqual(well('main', 'true', 'hello import', 'true'));
  });

  test('in a script: relative import() and require(); the main script is not run again', async () => {
    expect(await runs('script.cjs')).toEqual(well('main', '[ 3, 5, 7, 9 ]', 'hello import', '1'));
  });

  test('in a REPL: what is defined anew is seen', async () => {
    const answers = ['20', '2', '30', '40', '101', "'old'", "'new'", "'a'", "'b'", 'undefined'];
    expect(await runs('repl.cjs')).toEqual(well(...answers));
  });
});

describe('by_reference() makes workers load the module', () => {
  test.each(['exports', 'path', 'url'])('named by its %s', async (how) => {
    // `next` of the worker counts from 0, on its own: 1, 2, 3; here it has counted to 1.
    expect(await runs('by_reference.cjs', { args: [how] })).toEqual(well('[ true, 10, 1 ]', '2 3 2'));
  });

  test('without it, they get copies', async () => {
    expect(await runs('by_reference.cjs')).toEqual(well('[ false, 20, 2 ]', '3 4 2'));
  });
});

test('register() says how instances of a class with #private travel, subclasses too', async () => {
  expect(await runs('registered.mjs')).toEqual(
    well(
      'true',
      "[ 'a', true, true ]",
      'true',
      'true b true',
      'TypeError register() takes a class',
      'TypeError register() takes { reduce, rebuild }, both functions',
      'TypeError by_reference() takes a module or its file name',
    ),
  );
});

test('a worker sends on what it received, as it is there', async () => {
  expect(await runs('relay.cjs')).toEqual(well('42 140'));
});

describe('while a debugger may be attached', () => {
  const refusal = [
    'PicklingError - the `this` of an arrow function cannot be read while a debugger is attached: copy what you need before: `const { scale } = this`',
    '  reached through:',
    "    function '<anonymous>' (spec/fixtures/programs/functions/debugged.cjs:10:12)",
  ];
  const expected = ['true', '30', '40', '50', '60', '70', '30', ...refusal];
  const announced = /^Debugger listening on .*\nFor help, see: .*\n$/;

  test('by inspector.open(): closures work, and when it is closed, arrows with `this` too', async () => {
    const ended = await runs('debugged.cjs', { args: ['open'] });
    expect(ended).toEqual({ ...well(...expected, '30'), stderr: expect.stringMatching(announced) as string });
  });

  test.each([
    ['--inspect=0', { flags: ['--inspect=0'] }],
    ['NODE_OPTIONS=--inspect=0', { env: { NODE_OPTIONS: '--inspect=0' } }],
  ])('by %s: closures work, arrows with `this` are refused', async (_name, options) => {
    // Announced once: workers have no debugger.
    expect(await runs('debugged.cjs', options)).toEqual({
      ...well(...expected),
      stderr: expect.stringMatching(announced) as string,
    });
  });
});

describe('under the permission model', () => {
  const root = resolve(__dirname, '../..');
  // What it was called before Node 23.5.
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  // The program, this package and what it depends on; nothing is written. A folder inside another one must not be
  // named as well: Node 20 then refuses the outer one.
  const folders = [root, realpathSync(join(root, 'node_modules'))].filter(
    (folder) => folder === root || !folder.startsWith(`${root}${sep}`),
  );
  const flags = [flag, '--no-warnings', ...folders.map((folder) => `--allow-fs-read=${folder}/*`)];

  test('workers may be started with --allow-child-process only, threads with --allow-worker', async () => {
    expect(await runs('permission.cjs', { flags })).toEqual(well('ERR_ACCESS_DENIED ChildProcess'));
    expect(await runs('permission.cjs', { flags, args: ['thread'] })).toEqual(
      well('ERR_ACCESS_DENIED WorkerThreads'),
    );
  });

  test.each([
    ['spawn', '--allow-child-process'],
    ['thread', '--allow-worker'],
  ])(
    'functions go as text, and a variable they would need is named; threads have no more rights: %s',
    async (method, allowed) => {
      const reason = 'this process may not use the inspector, which reads the variables of functions';
      const hint = 'pass what it needs as arguments';
      expect(await runs('permission.cjs', { flags: [...flags, allowed], args: [method] })).toEqual(
        well(
          '5',
          '[ 1, 2, 3 ]',
          '[ 1, 2 ]',
          `PicklingError: function '<anonymous>' uses variable 'outside', and ${reason}: ${hint}`,
          `PicklingError: function '<anonymous>' uses variables 'outside', 'EOL', and ${reason}: ${hint}`,
          ...(method === 'thread' ? ['ERR_ACCESS_DENIED'] : []),
        ),
      );
    },
  );
});
