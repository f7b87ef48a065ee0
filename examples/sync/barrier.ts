/** Processes that work in steps on the same memory, and meet at a barrier between them. */
import * as multiprocessing from 'multiprocessing-ts/sync';
import { print, range } from 'multiprocessing-ts/sync/builtins';
import type { RawArrayOf } from 'multiprocessing-ts/sync/sharedctypes';
import { BrokenBarrierError } from 'multiprocessing-ts/sync/synchronize';

function announce() {
  print('all are here');
}

function relax(me: number, cells: RawArrayOf<'i'>, barrier: multiprocessing.Barrier, laps: number) {
  for (const lap of range(1, laps + 1)) {
    const total = (cells[me] ?? 0) + (cells[me + 2] ?? 0);
    // Nobody writes before all have read.
    barrier.wait();
    cells[me + 1] = total;
    print(`${me} has written in lap ${lap}`);
    // Nobody reads before all have written.
    barrier.wait();
  }
}

function main() {
  const cells = multiprocessing.RawArray('i', [1, 2, 3, 4, 5]);
  const barrier = new multiprocessing.Barrier(3, { action: announce });
  const processes = [0, 1, 2].map(
    (me) => new multiprocessing.Process({ target: relax, args: [me, cells, barrier, 3] }),
  );
  for (const p of processes) p.start();
  for (const p of processes) p.join();
  print([...cells]);

  const lonely = new multiprocessing.Barrier(2);
  try {
    lonely.wait({ timeout: 0.1 });
  } catch (error) {
    if (!(error instanceof BrokenBarrierError)) throw error;
    print(lonely.broken);
  }
  lonely.reset();
  print(lonely.parties, lonely.n_waiting, lonely.broken);
}

if (require.main === module) main();
