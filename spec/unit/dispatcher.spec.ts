import fc from 'fast-check';
import { Pace, type Source } from '../../lib/engine/task';
import { Violation } from './dispatcher.fakes';
import { Model, type Setup } from './dispatcher.model';
import { LOST, make, task } from './dispatcher.notebook';

const setup = (fixed: Partial<Setup>): fc.Arbitrary<Setup> =>
  fc
    .record({
      size: fc.integer({ min: 1, max: 4 }),
      tasksPerWorker: fc.constantFrom(Infinity, Infinity, 1, 2, 5),
      eager: fc.boolean(),
      fragile: fc.constantFrom(false, false, true),
      impatient: fc.boolean(),
      reclaimable: fc.constantFrom(true, true, false),
      deaths: fc.boolean(),
      failingStarts: fc.constantFrom(false, false, true),
      refusals: fc.constantFrom(false, false, true),
      timeouts: fc.boolean(),
      terminate: fc.constantFrom(false, false, true),
      known: fc.boolean(),
    })
    .map((each) => ({ ...each, ...fixed }));

const choices = fc.array(fc.nat({ max: 1 << 24 }), { minLength: 5, maxLength: 150, size: 'max' });

/** Plays a run to its end; the promises are checked in the model, at every step. */
function play(setup: Setup, steps: readonly number[], ending: readonly number[], close: boolean): Model {
  const model = new Model(setup);
  try {
    for (const step of steps) model.step(step);
    model.settleDown(ending, close);
  } catch (error) {
    if (error instanceof Violation) error.message += `\n${model.log.join('\n')}`;
    throw error;
  }
  return model;
}

function holds(fixed: Partial<Setup>, numRuns: number): void {
  const ending = fc.array(fc.nat({ max: 1 << 16 }), { maxLength: 20 });
  fc.assert(
    fc.property(setup(fixed), choices, ending, fc.boolean(), (setup, steps, order, close) => {
      play(setup, steps, order, close);
    }),
    { numRuns },
  );
}

const QUIET: Partial<Setup> = {
  deaths: false,
  failingStarts: false,
  refusals: false,
  timeouts: false,
  terminate: false,
};

test('every task settles once, and in the end nothing is left, whatever happens in whatever order', () => {
  expect(() => {
    holds({}, 4000);
  }).not.toThrow();
}, 60_000);

test('so it is while workers come and go as they should', () => {
  expect(() => {
    holds({ ...QUIET, eager: true }, 1500);
  }).not.toThrow();
}, 60_000);

test('so it is while workers die at every point of their lives', () => {
  expect(() => {
    holds({ ...QUIET, fragile: false, deaths: true }, 2500);
  }).not.toThrow();
}, 60_000);

test('so it is while tasks overrun their timeouts', () => {
  expect(() => {
    holds({ ...QUIET, timeouts: true, reclaimable: true }, 1500);
  }).not.toThrow();
}, 60_000);

test('so it is while workers fail to start', () => {
  expect(() => {
    holds({ ...QUIET, failingStarts: true }, 1500);
  }).not.toThrow();
}, 60_000);

test('so it is while workers die in a pool that breaks with them', () => {
  expect(() => {
    holds({ fragile: true, deaths: true, refusals: false, terminate: false }, 1500);
  }).not.toThrow();
}, 60_000);

test('so it is in a pool that starts its workers on demand', () => {
  expect(() => {
    holds({ ...QUIET, eager: false, reclaimable: true, known: true }, 1500);
  }).not.toThrow();
}, 60_000);

test('so it is when the pool is terminated at any moment', () => {
  expect(() => {
    holds({ terminate: true }, 2500);
  }).not.toThrow();
}, 60_000);

test('so it is with one worker that runs one task each', () => {
  expect(() => {
    holds({ size: 1, tasksPerWorker: 1, reclaimable: true }, 1500);
  }).not.toThrow();
}, 60_000);

test('a timeout fires although the alarm went off for something earlier', () => {
  const [dispatcher, notebook] = make();
  dispatcher.ready(1);
  dispatcher.submit(task(1, { timeout: 10 }));
  dispatcher.place();
  dispatcher.started(1, 1);
  notebook.wakesAt = Infinity;
  notebook.clock = 2;
  dispatcher.tick();
  expect(notebook.wakesAt).toBe(10_000);
  notebook.clock = notebook.wakesAt;
  dispatcher.tick();
  dispatcher.exited(1, 0, LOST);
  expect(notebook.said).toContain('fail 1 timeout');
});

test('aborting a task whose answer is on its way does not kill the task behind it', () => {
  const [dispatcher, notebook] = make();
  dispatcher.ready(1);
  const first = task(1);
  dispatcher.submit(first);
  dispatcher.submit(task(2));
  dispatcher.place();
  // Both are claimed: the first has been run.
  dispatcher.abort(first, 'enough');
  expect(notebook.said).toEqual(['start 1', 'send 1 to 1', 'send 2 to 1', 'fail 1 aborted']);
  expect(dispatcher.finished(1, 1)).toBeNull();
  expect(dispatcher.finished(1, 2)?.id).toBe(2);
});

test('a task that is aborted while its worker dies of another abort keeps its own reason', () => {
  const [dispatcher, notebook] = make();
  dispatcher.ready(1);
  const [first, second] = [task(1), task(2)];
  dispatcher.submit(first);
  dispatcher.submit(second);
  dispatcher.place();
  dispatcher.abort(second, 'enough');
  dispatcher.abort(first, 'enough');
  dispatcher.place();
  dispatcher.exited(1, 0, LOST);
  expect(notebook.said.slice(3)).toEqual(['kill 1', 'fail 1 aborted', 'start 2', 'fail 2 aborted']);
});

test('an input that aborts another call while it is asked loses none of its items', () => {
  const [dispatcher, notebook] = make();
  const [first, second, third] = [task(1), task(2), task(3)];
  dispatcher.ready(1);
  const source: Source = {
    order: 3,
    pull: () => {
      if (third.worker !== null || dispatcher.pending > 3) return 'done';
      notebook.unclaimed = 1;
      dispatcher.abort(second, 'enough');
      return third;
    },
    stop: () => undefined,
  };
  dispatcher.submit(first);
  dispatcher.submit(second);
  dispatcher.submitSource(source);
  dispatcher.place();
  dispatcher.withdrawn(1);
  expect(notebook.said.slice(3)).toEqual(['withdraw 1', 'fail 2 aborted', 'send 3 to 1']);
});

test('what a failed task calls may abort a task that was saved from the same worker', () => {
  const [dispatcher, notebook] = make();
  dispatcher.ready(1);
  const [first, second] = [task(1), task(2)];
  dispatcher.submit(first);
  dispatcher.submit(second);
  dispatcher.place();
  notebook.onFail = ({ id }) => {
    if (id === 1) dispatcher.abort(second, 'enough');
  };
  dispatcher.exited(1, 1, LOST);
  dispatcher.ready(2);
  expect(notebook.said.slice(3)).toEqual(['fail 1 lost', 'fail 2 aborted', 'start 2']);
});

test('a pool that is closed with nothing but aborted work in its queue starts no more workers', () => {
  const [dispatcher, notebook] = make();
  const only = task(1);
  dispatcher.submit(only);
  dispatcher.abort(only, 'enough');
  dispatcher.close();
  dispatcher.exited(1, 0, LOST);
  expect(notebook.said).toEqual(['start 1', 'fail 1 aborted', 'retire 1']);
  expect(dispatcher.over).toBe(true);
});

test('everything settles at the end although the first to hear of it aborts the others', () => {
  const [dispatcher, notebook] = make();
  dispatcher.ready(1);
  const tasks = [task(1), task(2), task(3), task(4, { pace: new Pace() })];
  for (const each of tasks) dispatcher.submit(each);
  dispatcher.place();
  notebook.onFail = () => {
    notebook.unclaimed = 2;
    for (const each of tasks) dispatcher.abort(each, 'enough');
  };
  dispatcher.stop({ kind: 'terminated' });
  expect(notebook.said.filter((line) => line.startsWith('fail')).sort()).toEqual(
    [1, 2, 3, 4].map((id) => `fail ${id} terminated`),
  );
});

test('a worker that started in between forgives the failed starts before it', () => {
  const [dispatcher] = make({ size: 2 });
  dispatcher.exited(1, 0, LOST);
  dispatcher.ready(2);
  dispatcher.exited(3, 0, LOST);
  expect(dispatcher.stopped).toBeNull();
  dispatcher.exited(4, 0, LOST);
  expect(dispatcher.stopped).toEqual({ kind: 'broken', cause: { kind: 'exited', exit: LOST } });
});

test('a silent worker is looked at again and again: it may not have run yet', () => {
  const [dispatcher, notebook] = make();
  dispatcher.ready(1);
  for (const id of [1, 2]) dispatcher.submit(task(id));
  dispatcher.place();
  for (let looks = 1; looks <= 20; looks++) {
    expect(notebook.wakesAt).toBeLessThan(Infinity);
    notebook.clock = notebook.wakesAt;
    notebook.wakesAt = Infinity;
    dispatcher.tick();
    expect(notebook.said.filter((each) => each === 'peek 1')).toHaveLength(looks);
  }
  // More and more seldom.
  expect(notebook.wakesAt - notebook.clock).toBe(50);
});

test('what was dropped starts no worker, and the rest no more than it needs', () => {
  const [dispatcher, notebook] = make({ size: 4, eager: false });
  const tasks = [1, 2, 3, 4].map((id) => task(id));
  for (const each of tasks) dispatcher.submit(each);
  for (const each of tasks.slice(1)) expect(dispatcher.drop(each)).toBe(true);
  dispatcher.place();
  expect(notebook.said).toEqual(['fail 2 dropped', 'fail 3 dropped', 'fail 4 dropped', 'start 1']);
  dispatcher.ready(1);
  dispatcher.finished(1, 1);
  dispatcher.submit(task(5));
  dispatcher.place();
  expect(notebook.said.slice(4)).toEqual(['send 1 to 1', 'send 5 to 1']);
});

test('what somebody was told has begun is run, although it could be taken back', () => {
  const [dispatcher, notebook] = make();
  dispatcher.ready(1);
  const [first, second] = [task(1), task(2)];
  dispatcher.submit(first);
  dispatcher.submit(second);
  dispatcher.place();
  expect([dispatcher.begun(first), dispatcher.begun(second)]).toEqual([true, false]);
  notebook.unclaimed = 2;
  expect(dispatcher.drop(first)).toBe(false);
  dispatcher.dropUnstarted();
  dispatcher.close();
  dispatcher.withdrawn(1);
  expect(notebook.said.slice(3)).toEqual(['withdraw 1', 'fail 2 dropped', 'send 1 to 1']);
  expect(dispatcher.finished(1, 1)).toBe(first);
});
