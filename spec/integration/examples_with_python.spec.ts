import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { findPython, testWithPython } from '../support/python';

/** The queue server and its client in examples/with_python, each half in either language. */
const folder = resolve(__dirname, '../../examples/with_python');
const running: ChildProcess[] = [];

function run(name: string, ...args: string[]): ChildProcess {
  const file = join(folder, name);
  const command = name.endsWith('.py')
    ? [findPython() ?? '', file]
    : [process.execPath, require.resolve('ts-node/dist/bin.js'), file];
  const child = spawn(command[0] as string, [...command.slice(1), ...args], {
    // Unbuffered, Python writes a line and its end apart.
    env: { ...process.env, TS_NODE_TRANSPILE_ONLY: 'true', PYTHONUNBUFFERED: '' },
  });
  running.push(child);
  return child;
}

async function printed(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill();
    await once(child, 'exit');
  }
});

testWithPython.each(['queue_server.ts', 'queue_server.py'])(
  '%s serves clients in both languages',
  async (name) => {
    const server = run(name, '0');
    const [line] = (await once(server.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
    const port = /^serving at port (\d+)\n$/.exec(line.toString())?.[1] ?? '';
    expect(await printed(run('queue_client.py', port, 'put', 'hello', 'wörld'))).toBe('');
    expect(await printed(run('queue_client.ts', port, 'get'))).toBe('hello\n');
    expect(await printed(run('queue_client.ts', port, 'put', 'again'))).toBe('');
    expect(await printed(run('queue_client.py', port, 'get'))).toBe('wörld\n');
    expect(await printed(run('queue_client.py', port, 'get'))).toBe('again\n');
  },
);
