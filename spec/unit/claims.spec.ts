import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import fc from 'fast-check';
import { SharedFiles } from '../../lib/wire/shared_files';

const onPosix = process.platform === 'win32' ? test.skip : test;
const claimer = join(__dirname, '../fixtures/wire/claimer.cjs');

let files: SharedFiles;

beforeEach(() => {
  files = SharedFiles.open() as SharedFiles;
});

afterEach(() => {
  files.close();
});

onPosix('there is nothing to take at first', () => {
  expect(files.claims.take(10)).toBe(0);
});

onPosix('as many are taken as were added, and no more', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5000, max: 5000 }), { maxLength: 20 }), (steps) => {
      let left = 0;
      for (const step of steps) {
        if (step >= 0) {
          files.claims.add(step);
          left += step;
        } else {
          const expected = Math.min(left, -step);
          expect(files.claims.take(-step)).toBe(expected);
          left -= expected;
        }
      }
      expect(files.claims.take(Infinity)).toBe(left);
    }),
    { numRuns: 200 },
  );
});

/** A process that takes what it can get until nothing more comes; `got` resolves to how much that was. */
async function start(): Promise<{ over(): void; readonly got: Promise<number> }> {
  const child = spawn(process.execPath, [claimer], { stdio: ['pipe', 'pipe', 'inherit', files.claims.fd] });
  const [stdin, stdout] = child.stdio as [Writable, Readable, ...unknown[]];
  let text = '';
  stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(stdout, 'data');
  return {
    over: () => {
      stdin.end('over');
    },
    got: once(child, 'close').then(() => Number(text.split('\n')[1])),
  };
}

onPosix('three processes at one file get each claim once', async () => {
  const [first, second] = [await start(), await start()];
  let [added, own] = [0, 0];
  for (let round = 0; round < 3000; round++) {
    const n = 1 + ((round * 7919) % 13);
    files.claims.add(n);
    added += n;
    if (round % 3 === 0) own += files.claims.take(1 + (round % 5));
    if (round % 97 === 0) own += files.claims.take(Infinity);
  }
  files.claims.add(10);
  added += 10;
  first.over();
  second.over();
  const [a, b] = await Promise.all([first.got, second.got]);
  own += files.claims.take(Infinity);
  expect(a + b + own).toBe(added);
  expect(Math.min(a + b, own)).toBeGreaterThan(0);
});

onPosix('what nobody took before it died is there for others', async () => {
  const taker = await start();
  files.claims.add(100);
  taker.over();
  const got = await taker.got;
  expect(got + files.claims.take(Infinity)).toBe(100);
});
