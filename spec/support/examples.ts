import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findPython } from './python';

/** Runs the scripts in examples/ as a user runs them, and their originals, each in a directory of the spec's. */
const root = resolve(__dirname, '../..');
const originals = join(root, 'spec/fixtures/python');
const run = promisify(execFile);

/** How long a script may take at most: the machine may be busy. */
const timeout = 100_000;

/** Where a script stands twice: with `await`, and with calls that block. */
export const FOLDERS = ['', 'sync/'];

/** What a script has printed, line by line. */
export interface Printed {
  readonly stdout: string[];
  readonly stderr: string[];
}

export async function runExample(cwd: string, name: string, ...args: string[]): Promise<Printed> {
  const file = join(root, 'examples', `${name}.ts`);
  const printed = await run(process.execPath, [require.resolve('ts-node/dist/bin.js'), file, ...args], {
    cwd,
    timeout,
    env: { ...process.env, TS_NODE_TRANSPILE_ONLY: 'true' },
  });
  return lines(printed);
}

export async function runOriginal(cwd: string, name: string, ...args: string[]): Promise<Printed> {
  return runPython(cwd, join(originals, `${name}.py`), ...args);
}

/** The originals that are clients expect their server at port 8000, which may be somebody else's. */
export async function runOriginalClient(cwd: string, name: string, port: number): Promise<Printed> {
  const text = readFileSync(join(originals, `${name}.py`), 'utf8');
  const file = join(cwd, `${name}.py`);
  writeFileSync(file, text.replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`));
  return runPython(cwd, file);
}

async function runPython(cwd: string, ...args: string[]): Promise<Printed> {
  const printed = await run(findPython() ?? '', args, {
    cwd,
    timeout,
    env: {
      ...process.env,
      PYTHONIOENCODING: 'utf-8',
      PYTHONPATH: join(originals, 'modules'),
      PYTHONDONTWRITEBYTECODE: '1',
      // Unbuffered, Python writes a line and its end apart, and those of other processes come in between.
      PYTHONUNBUFFERED: '',
    },
  });
  return lines(printed);
}

const lines = ({ stdout, stderr }: { stdout: string; stderr: string }): Printed => ({
  stdout: stdout.trimEnd().split('\n'),
  stderr: stderr.trimEnd().split('\n'),
});

/** The output of an example that complains of nothing. */
export async function example(cwd: string, name: string, ...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await runExample(cwd, name, ...args);
  expect(stderr).toEqual(['']);
  return stdout;
}

export async function original(cwd: string, name: string, ...args: string[]): Promise<string[]> {
  return (await runOriginal(cwd, name, ...args)).stdout;
}

const printed = new Map<string, Promise<string[]>>();

/** What an original has printed that leaves nothing else behind: it is run once for both folders. */
export function originalOnce(cwd: string, name: string, ...args: string[]): Promise<string[]> {
  const key = [name, ...args].join(' ');
  let lines = printed.get(key);
  if (lines === undefined) printed.set(key, (lines = original(cwd, name, ...args)));
  return lines;
}

/** What differs from run to run: how long, which process, at what port and address. */
export const masked = (printed: readonly string[]): string[] =>
  printed.map((line) =>
    line
      .replace(/([耗用]时[:：]?)[\d.]+/, '$1T')
      .replace(/(进程号为|pid: )\d+/, '$1PID')
      .replace(/^\d+( running\.\.\.)/, 'PID$1')
      .replace(/(127\.0\.0\.1:)\d+/, '$1PORT')
      .replace(/(<Future at )0x[\da-f]+/, '$1ADDRESS')
      .replace(/<.*\bIMapIterator object.*>/, '<IMapIterator object>'),
  );
