import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The scripts in examples/sync/, which have no `await`. What they print is compared beside those that have. */
const examples = resolve(__dirname, '../../examples');
const scripts = (folder: string): string[] => readdirSync(folder).filter((name) => /^\d.*\.ts$/.test(name));

test('every script that is not gevent’s is there', () => {
  const gevent = (name: string) =>
    readFileSync(join(examples, name), 'utf8').includes('multiprocessing-ts/gevent');
  expect(scripts(join(examples, 'sync'))).toEqual(scripts(examples).filter((name) => !gevent(name)));
});

const all = readdirSync(join(examples, 'sync')).filter((name) => name.endsWith('.ts'));

test.each(all)('%s has no await, no async function, no promise', (name) => {
  expect(readFileSync(join(examples, 'sync', name), 'utf8')).not.toMatch(
    /\bawait\b|\basync\b|\.then\(|Promise/,
  );
});
