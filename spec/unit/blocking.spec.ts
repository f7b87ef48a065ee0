import { closeSync, writeSync } from 'node:fs';
import { addInlet, block, blockingDepth, POLLIN, removeInlet, type Inlet } from '../../lib/engine/blocking';
import { ThreadDriver } from '../../lib/engine/driver';
import { Alarm, once, soon, takeIn } from '../../lib/engine/turns';
import { Block } from '../../lib/native/arena';
import { libc } from '../../lib/native/libc';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = (): boolean => false;

describe('what is to be done soon', () => {
  test('is done by a call that blocks, and once', async () => {
    let done = 0;
    soon(() => done++);
    expect(block(() => done === 1, null)).toBe(true);
    await turn();
    expect(done).toBe(1);
  });

  test('is done by the event loop, if nobody blocks', async () => {
    let done = 0;
    soon(() => done++);
    expect(done).toBe(0);
    await turn();
    expect(done).toBe(1);
    block(never, 0);
    expect(done).toBe(1);
  });

  test('is done in its order, also around a step that blocks', () => {
    const seen: number[] = [];
    soon(() => {
      seen.push(1);
      block(() => seen.includes(3), null);
      seen.push(4);
    });
    soon(() => seen.push(2));
    soon(() => seen.push(3));
    block(() => seen.length === 4, null);
    expect(seen).toEqual([1, 2, 3, 4]);
  });
});

describe('an alarm', () => {
  test('goes off in a call that blocks, and once', async () => {
    let rung = 0;
    const alarm = new Alarm(() => rung++);
    alarm.set(10);
    expect(block(() => rung > 0, 45)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([rung, alarm.at]).toEqual([1, Infinity]);
  });

  test('goes off on the event loop, and once', async () => {
    let rung = 0;
    await new Promise<void>((resolve) => {
      new Alarm(() => {
        rung++;
        resolve();
      }, true).set(1);
    });
    block(never, 0.005);
    expect(rung).toBe(1);
  });

  test('goes off at the time that was set last', () => {
    let rung = 0;
    const alarm = new Alarm(() => rung++);
    alarm.set(1);
    alarm.set(3_600_000);
    block(never, 0.01);
    expect(rung).toBe(0);
    alarm.cancel();
  });

  test('that is cancelled does not go off', () => {
    let rung = 0;
    const alarm = new Alarm(() => rung++);
    alarm.set(0);
    alarm.cancel();
    block(never, 0.005);
    expect(rung).toBe(0);
  });
});

describe('news', () => {
  test('are taken in piece by piece, and a piece that blocks does not hold up the next', () => {
    const seen: number[] = [];
    let piece = 0;
    takeIn({
      next: () => {
        if (piece === 3) return false;
        const mine = ++piece;
        if (mine === 1) block(() => seen.includes(9), null);
        seen.push(mine);
        if (mine === 3) takeIn(once(() => seen.push(9)));
        return true;
      },
    });
    expect(seen).toEqual([2, 3, 9, 1]);
  });
});

describe('a call that blocks', () => {
  test('gives up when its time is over, and has looked before', () => {
    let looks = 0;
    expect(block(() => ++looks < 0, 0)).toBe(false);
    expect(looks).toBeGreaterThan(1);
    const begun = performance.now();
    expect(block(never, 0.02)).toBe(false);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(19);
  });

  test('knows how deep it is in others', () => {
    const depths: number[] = [];
    soon(() => {
      depths.push(blockingDepth());
      soon(() => depths.push(blockingDepth()));
      block(() => depths.length === 2, null);
    });
    block(() => depths.length === 2, null);
    expect([...depths, blockingDepth()]).toEqual([1, 2, 0]);
  });

  test('hears what comes in at a descriptor, before and while it sleeps', () => {
    const [read, write] = libc().pipe();
    let came = 0;
    const inlet: Inlet = {
      arm: (polls) => {
        polls.add(read, POLLIN, () => {
          came += libc().read(read, new Uint8Array(8));
        });
      },
    };
    addInlet(inlet);
    try {
      writeSync(write, 'ab');
      expect(block(() => came === 2, 45)).toBe(true);
      const alarm = new Alarm(() => writeSync(write, 'c'));
      alarm.set(5);
      expect(block(() => came === 3, 45)).toBe(true);
    } finally {
      removeInlet(inlet);
      closeSync(read);
      closeSync(write);
    }
  });

  test('drives an engine whose driver serves the event loop as well', async () => {
    const driver = new ThreadDriver();
    const seen: string[] = [];
    driver.soon(() => seen.push('soon'));
    driver.wake(driver.now() + 5, () => seen.push('woken'));
    // A later time changes nothing.
    driver.wake(driver.now() + 3_600_000, () => seen.push('late'));
    block(() => seen.length === 2, 45);
    await turn();
    expect(seen).toEqual(['soon', 'woken']);
    driver.close();
  });
});

describe('a wait of shared memory that blocks', () => {
  const isSet = (memory: Block) => (): boolean => Atomics.load(memory.words, 0) === 1;

  test('does what is to be done soon, and hears alarms', () => {
    const memory = Block.make(64);
    soon(() => {
      new Alarm(() => {
        memory.words[0] = 1;
      }).set(5);
    });
    expect(memory.waitSync(isSet(memory), 45)).toBe(true);
  });

  test('hears what comes in at a descriptor', () => {
    const memory = Block.make(64);
    const [read, write] = libc().pipe();
    const inlet: Inlet = {
      arm: (polls) => {
        polls.add(read, POLLIN, () => {
          memory.words[0] = libc().read(read, new Uint8Array(8));
        });
      },
    };
    addInlet(inlet);
    try {
      writeSync(write, 'a');
      expect(memory.waitSync(isSet(memory), 45)).toBe(true);
    } finally {
      removeInlet(inlet);
      closeSync(read);
      closeSync(write);
    }
  });

  test('throws what the attempt throws, and then waits no more', () => {
    const memory = Block.make(64);
    let tries = 0;
    const failing = (): boolean => {
      if (blockingDepth() > 0 && ++tries === 2) throw new RangeError('no');
      return false;
    };
    soon(() => undefined);
    expect(() => memory.waitSync(failing, 45)).toThrow(RangeError);
    expect(blockingDepth()).toBe(0);
    // The place that it had among those who wait is free: another can wait there.
    expect(memory.waitSync(isSet(memory), 0.001)).toBe(false);
  });
});

describe('what has come, on the event loop', () => {
  let over = false;
  let taken = 0;
  beforeEach(() => {
    over = false;
    taken = 0;
  });
  afterEach(async () => {
    over = true;
    await turn();
  });

  /** News that take a millisecond each, and bring another every time. */
  const endless = (): void => {
    takeIn(
      once(() => {
        const end = performance.now() + 1;
        while (performance.now() < end);
        taken++;
        if (!over) endless();
      }),
    );
  };

  test('is taken in at once', () => {
    takeIn(once(() => taken++));
    expect(taken).toBe(1);
  });

  test('leaves others their turn if it never ends', async () => {
    endless();
    // Its time is over after ten of them, and the clock is looked at before every 16.
    expect(taken).toBeLessThanOrEqual(16);
    let turns = 1;
    for (let more = 0; more < 3; more++) {
      const before = taken;
      // In a turn that has no time left when it begins none is taken in.
      do {
        await turn();
        turns++;
      } while (taken === before);
      expect(taken).toBeLessThanOrEqual(turns * 16);
    }
  });

  test('waits its turn behind what waits, and a call that blocks takes in all of it', async () => {
    const seen: number[] = [];
    endless();
    takeIn(once(() => seen.push(1)));
    takeIn(once(() => seen.push(2)));
    expect(seen).toEqual([]);
    over = true;
    block(() => seen.length === 2, null);
    await turn();
    expect(seen).toEqual([1, 2]);
  });

  test('is taken in before an alarm goes off that came first', async () => {
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      new Alarm(() => {
        seen.push('alarm');
        resolve();
      }, true).set(0);
      setTimeout(() => {
        endless();
        takeIn(once(() => seen.push('news')));
        over = true;
      }, 0);
      // Both are due when the event loop comes to them.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    });
    expect(seen).toEqual(['news', 'alarm']);
  });
});
