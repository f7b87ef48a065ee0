import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { libc } from '../native/libc';
import type { Socket } from 'node:net';
import { family } from '../util/family_file';
import { clearTimeout, setTimeout } from '../util/timers';

/**
 * Memory with a name outlives everybody, so somebody has to stay who takes away what was forgotten: Python's resource
 * tracker. Here it is a shell of a few hundred kilobytes. It is told of each name; when its end of the pipe is closed
 * this process has ended, or needs it no more. Then it waits until the family has ended (all of its processes hold the
 * same open file, which is locked as long as they do), and unlinks what still is the file that it was told of.
 *
 * Where there is no shell, or no `flock`, what nobody unlinks stays.
 */
const PROGRAM = `
trap '' HUP INT TERM
set -f
left=' '
while read -r verb token; do
  if [ "$verb" = + ]; then
    left="$left$token "
  else
    before=\${left%%" $token "*}
    left="$before \${left#"$before $token "}"
  fi
done
[ "$left" = ' ' ] || flock 3 || exit 1
count=0
for token in $left; do
  file=$(printf '%b.' "\${token#*:}")
  file=\${file%.}
  set -- $(ls -di -- "$file" 2>/dev/null)
  [ "$1" = "\${token%%:*}" ] && rm -f -- "$file" && count=$((count + 1))
done
[ $count -eq 0 ] || echo "UserWarning: resource_tracker: There appear to be $count leaked shared_memory objects to clean up at shutdown" >&2
`;

/** So long it stays without anything to track, in milliseconds. */
const IDLE = 1000;

/** What this thread has made and nobody here has unlinked: the token of each file. */
const tokens = new Map<string, string>();
let tracker: ChildProcess | null = null;
let idle: NodeJS.Timeout | null = null;

/** The file is to be unlinked when the family has ended, unless it is another one by then. */
export function track(file: string, inode: number): void {
  const token = `${inode}:${escaped(file)}`;
  tokens.set(file, token);
  if (idle !== null) clearTimeout(idle);
  idle = null;
  if (tracker === null) start();
  else tell(`+ ${token}\n`);
}

/** The file was unlinked. */
export function untrack(file: string): void {
  const token = tokens.get(file);
  if (token === undefined) return;
  tokens.delete(file);
  tell(`- ${token}\n`);
  if (tokens.size > 0) return;
  idle = setTimeout(() => {
    tracker?.stdin?.end();
    tracker = null;
  }, IDLE);
  idle.unref();
}

/** Somebody else may have unlinked files: they need not be tracked any more. */
export function untrackUnlinked(): void {
  for (const file of [...tokens.keys()]) if (!existsSync(file)) untrack(file);
}

/** For `%b` of printf, and without blanks: what is not plainly a name, in octal. */
const escaped = (file: string): string =>
  Array.from(Buffer.from(file), (byte) =>
    /[\w./-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `\\0${byte.toString(8).padStart(3, '0')}`,
  ).join('');

function start(): void {
  let lock: number;
  try {
    const { fd } = family();
    libc().lock(fd);
    // Another opening of it, not a copy of the descriptor: that one would hold the lock as well.
    lock = openSync(`/proc/self/fd/${fd}`, 'r');
  } catch {
    return;
  }
  try {
    const started = spawn('/bin/sh', ['-c', PROGRAM], {
      stdio: ['pipe', 'ignore', 'inherit', lock],
      detached: true,
      cwd: '/',
      env: { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin' },
    });
    started.on('error', forget);
    started.on('exit', forget);
    started.stdin?.on('error', forget);
    started.unref();
    (started.stdin as Socket | null)?.unref();
    tracker = started;
  } finally {
    closeSync(lock);
  }
  for (const token of tokens.values()) tell(`+ ${token}\n`);

  // Somebody has killed it: the next file starts another, which is told of all.
  function forget(this: unknown): void {
    if (tracker === null) return;
    if (this === tracker || this === tracker.stdin) tracker = null;
  }
}

function tell(line: string): void {
  tracker?.stdin?.write(line);
}
