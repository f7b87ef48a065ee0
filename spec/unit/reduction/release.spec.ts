import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { encodeFunction, Peer } from '../../../lib/reduction/sending';

interface Message {
  r: number[];
  d: [string, number][];
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the definitions of functions that are gone are released', async () => {
  const peer = new Peer();
  const defined = new Set<number>();
  const released = new Set<number>();
  const pack = (f: (x: number) => number): void => {
    const definitions = peer.pack(encodeFunction(f).needs);
    const { r, d } = JSON.parse(definitions?.text ?? '{"r":[],"d":[]}') as Message;
    for (const uid of r) released.add(uid);
    for (const [, uid] of d) defined.add(uid);
  };
  const many = (): void => {
    for (let i = 0; i < 200; i++) {
      const data = { i };
      pack((x) => x + data.i);
    }
  };
  many();
  // Each turn gives finalizers a chance to run; far fewer are needed.
  for (let turns = 0; released.size < 300 && turns < 50; turns++) {
    collect();
    await turn();
    pack((x) => x + turns);
  }
  expect(released.size).toBeGreaterThanOrEqual(300);
  expect([...released].every((uid) => defined.has(uid))).toBe(true);
  // To collect the whole heap of a process that has run many other files takes a while.
}, 60_000);

test('a function that is released and needed again is defined again', async () => {
  const peer = new Peer();
  const encoded = (() => {
    const f = (x: number): number => x;
    return encodeFunction(f);
  })();
  expect(peer.pack(encoded.needs)).not.toBeNull();
  peer.forget(encoded.id);
  const { r, d } = JSON.parse(peer.pack(encoded.needs)?.text ?? '') as Message;
  expect(r).toEqual([encoded.id]);
  expect(d.map(([, uid]) => uid)).toContain(encoded.id);
  await turn();
});
