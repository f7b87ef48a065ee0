import type { Dispatcher } from '../../lib/engine/dispatcher';
import { Pace, type Source, type Task } from '../../lib/engine/task';
import { LOST, make, task, type Notebook } from './dispatcher.notebook';

/** How long a call of this function takes is not known: it is given to idle workers only. */
const UNKNOWN = { pace: new Pace() };
const KILLED = { pid: 1, exitcode: -9, signal: 'SIGKILL' };

function submit(dispatcher: Dispatcher, ...tasks: Task[]): void {
  for (const each of tasks) dispatcher.submit(each);
  dispatcher.place();
}

/** A pool that is ready, with nothing said yet. */
function ready(policy: Parameters<typeof make>[0] = {}): [Dispatcher, Notebook] {
  const [dispatcher, notebook] = make(policy);
  for (const id of [...dispatcher.workers.keys()]) dispatcher.ready(id);
  notebook.news();
  return [dispatcher, notebook];
}

describe('a fragile pool', () => {
  const FRAGILE = { fragile: true, size: 2, failedStarts: 1 };

  test('breaks with a worker: everything fails in the order of submission, and everybody is ended', () => {
    const [dispatcher, notebook] = ready(FRAGILE);
    submit(dispatcher, task(1), task(2, UNKNOWN), task(3, UNKNOWN), task(4));
    expect(notebook.news()).toEqual(['send 1 to 1', 'send 2 to 2']);
    dispatcher.exited(2, 0, LOST);
    expect(notebook.news()).toEqual(['end 1', ...[1, 2, 3, 4].map((id) => `fail ${id} crashed`)]);
    expect(dispatcher.stopped).toEqual({ kind: 'crashed', exit: LOST });
    expect(dispatcher.pending).toBe(0);
  });

  test('fails what comes later, and starts nobody', () => {
    const [dispatcher, notebook] = ready(FRAGILE);
    dispatcher.exited(2, 0, LOST);
    submit(dispatcher, task(1));
    dispatcher.exited(1, 0, KILLED);
    expect(notebook.news()).toEqual(['end 1', 'fail 1 crashed']);
    expect(dispatcher.over).toBe(true);
  });

  test('breaks although what the dead worker held was never started', () => {
    const [dispatcher, notebook] = ready({ ...FRAGILE, size: 1 });
    submit(dispatcher, task(1), task(2));
    dispatcher.exited(1, 2, LOST);
    expect(notebook.news().slice(2)).toEqual(['fail 1 crashed', 'fail 2 crashed']);
  });

  test('stops its inputs, in their turn', () => {
    const [dispatcher, notebook] = ready({ ...FRAGILE, size: 1 });
    const source: Source = { order: 2, pull: () => 'wait', stop: () => notebook.said.push('stop 2') };
    submit(dispatcher, task(1, UNKNOWN));
    dispatcher.submitSource(source);
    submit(dispatcher, task(3));
    dispatcher.exited(1, 0, LOST);
    expect(notebook.news().slice(1)).toEqual(['fail 1 crashed', 'stop 2', 'fail 3 crashed']);
  });

  test('is not broken by a worker that is killed for a timeout', () => {
    const [dispatcher, notebook] = ready({ ...FRAGILE, size: 1 });
    submit(dispatcher, task(1, { timeout: 1 }));
    dispatcher.started(1, 1);
    notebook.clock = 1000;
    dispatcher.tick();
    dispatcher.exited(1, 0, KILLED);
    expect(notebook.news()).toEqual(['send 1 to 1', 'kill 1', 'start 2', 'fail 1 timeout']);
    expect(dispatcher.stopped).toBeNull();
  });

  test('is not broken by a worker that is killed for an abort', () => {
    const [dispatcher, notebook] = ready({ ...FRAGILE, size: 1 });
    const only = task(1);
    submit(dispatcher, only);
    dispatcher.abort(only, 'enough');
    dispatcher.place();
    dispatcher.exited(1, 0, KILLED);
    expect(notebook.news()).toEqual(['send 1 to 1', 'kill 1', 'start 2', 'fail 1 aborted']);
    expect(dispatcher.stopped).toBeNull();
  });

  test('is not broken by a worker that retires, however that ends', () => {
    const [dispatcher, notebook] = ready({ ...FRAGILE, size: 1, tasksPerWorker: 1 });
    submit(dispatcher, task(1));
    dispatcher.finished(1, 1);
    dispatcher.progressed(1);
    dispatcher.exited(1, 0, LOST);
    expect(notebook.news()).toEqual(['send 1 to 1', 'start 2', 'retire 1']);
    expect(dispatcher.stopped).toBeNull();
  });

  test('is not broken any more when it is closed and done', () => {
    const [dispatcher] = ready(FRAGILE);
    dispatcher.close();
    dispatcher.exited(1, 0, LOST);
    dispatcher.exited(2, 0, LOST);
    expect(dispatcher.stopped).toBeNull();
    expect(dispatcher.over).toBe(true);
  });

  test('is broken by its first worker that cannot start, which is another reason', () => {
    const [dispatcher, notebook] = make(FRAGILE);
    submit(dispatcher, task(1));
    dispatcher.exited(1, 0, KILLED);
    expect(dispatcher.stopped).toEqual({ kind: 'broken', cause: { kind: 'exited', exit: KILLED } });
    expect(notebook.news()).toEqual(['start 1', 'start 2', 'end 2', 'fail 1 broken']);
  });
});

describe('a pool that bears with the death of a worker', () => {
  test('may still give up at the first failed start', () => {
    const [dispatcher] = make({ size: 2, failedStarts: 1 });
    dispatcher.exited(1, 0, LOST);
    expect(dispatcher.stopped).toEqual({ kind: 'broken', cause: { kind: 'exited', exit: LOST } });
  });

  test('tells what the initializer threw', () => {
    const [dispatcher] = make({ size: 2, failedStarts: 1 });
    dispatcher.exited(1, 0, LOST, { kind: 'threw', error: 'no way' });
    expect(dispatcher.stopped).toEqual({ kind: 'broken', cause: { kind: 'threw', error: 'no way' } });
  });

  test('gives up after as many failed starts as it is told to', () => {
    const [dispatcher] = make({ size: 2, failedStarts: 3 });
    dispatcher.exited(1, 0, LOST);
    dispatcher.exited(2, 0, LOST);
    expect(dispatcher.stopped).toBeNull();
    dispatcher.exited(3, 0, LOST);
    expect(dispatcher.stopped).toMatchObject({ kind: 'broken' });
  });

  test('tries again when a start was killed from outside', () => {
    const [dispatcher, notebook] = make({ failedStarts: 1 });
    for (let id = 1; id < 10; id++) dispatcher.exited(id, 0, KILLED);
    expect(dispatcher.stopped).toBeNull();
    expect(notebook.news().at(-1)).toBe('start 10');
    dispatcher.exited(10, 0, KILLED);
    expect(dispatcher.stopped).toMatchObject({ kind: 'broken' });
  });
});

describe('what is dropped', () => {
  test('has been told so, and is never sent', () => {
    const [dispatcher, notebook] = make();
    const [first, second] = [task(1), task(2)];
    submit(dispatcher, first, second);
    expect(dispatcher.drop(first)).toBe(true);
    expect(notebook.news()).toEqual(['start 1', 'fail 1 dropped']);
    dispatcher.ready(1);
    expect(notebook.news()).toEqual(['send 2 to 1']);
  });

  test('is taken back from its worker if that has not begun with it', () => {
    const [dispatcher, notebook] = ready();
    const [first, second, third] = [task(1), task(2), task(3)];
    submit(dispatcher, first, second, third);
    notebook.unclaimed = 2;
    expect(dispatcher.drop(second)).toBe(true);
    dispatcher.withdrawn(1);
    expect(notebook.news().slice(3)).toEqual(['withdraw 1', 'fail 2 dropped', 'send 3 to 1']);
  });

  test('cannot have begun: what has begun runs to its end', () => {
    const [dispatcher, notebook] = ready();
    const only = task(1);
    submit(dispatcher, only);
    expect(dispatcher.drop(only)).toBe(false);
    expect(notebook.news()).toEqual(['send 1 to 1']);
    expect(dispatcher.finished(1, 1)).toBe(only);
  });

  test('cannot have settled before', () => {
    const [dispatcher, notebook] = ready();
    const [first, second] = [task(1), task(2)];
    submit(dispatcher, first);
    dispatcher.finished(1, 1);
    dispatcher.submit(second);
    dispatcher.abort(second, 'enough');
    expect([first, second].map((each) => dispatcher.drop(each))).toEqual([false, false]);
    expect(notebook.news()).toEqual(['send 1 to 1', 'fail 2 aborted']);
  });

  test('cannot be about to hear of the end', () => {
    const [dispatcher, notebook] = make();
    const [first, second] = [task(1), task(2)];
    submit(dispatcher, first, second);
    let dropped: boolean | null = null;
    notebook.onFail = () => (dropped ??= dispatcher.drop(second));
    dispatcher.stop({ kind: 'terminated' });
    expect(dropped).toBe(false);
    expect(notebook.news()).toEqual(['start 1', 'end 1', 'fail 1 terminated', 'fail 2 terminated']);
  });
});

describe('when everything is dropped that has not begun', () => {
  test('what runs goes on, and the rest is told in the order of submission', () => {
    const [dispatcher, notebook] = ready();
    submit(dispatcher, task(1), task(2), task(3, UNKNOWN), task(4));
    notebook.unclaimed = 1;
    dispatcher.dropUnstarted();
    expect(notebook.news().slice(2)).toEqual(['withdraw 1', ...[2, 3, 4].map((id) => `fail ${id} dropped`)]);
    expect(dispatcher.finished(1, 1)?.id).toBe(1);
    expect(dispatcher.pending).toBe(0);
  });

  test('inputs are not', () => {
    const [dispatcher, notebook] = make();
    const items = [task(1), task(2)];
    dispatcher.submitSource({ order: 1, pull: () => items.shift() ?? 'done', stop: () => undefined });
    dispatcher.dropUnstarted();
    dispatcher.ready(1);
    expect(notebook.news()).toEqual(['start 1', 'send 1 to 1', 'send 2 to 1']);
  });

  test('who hears of it may drop the next one, and learns the truth', () => {
    const [dispatcher, notebook] = make();
    const [first, second] = [task(1), task(2)];
    submit(dispatcher, first, second);
    const dropped: boolean[] = [];
    notebook.onFail = ({ id }) => {
      if (id !== 1) return;
      dropped.push(dispatcher.drop(second));
      notebook.said.push('so it is');
    };
    dispatcher.dropUnstarted();
    expect(dropped).toEqual([true]);
    expect(notebook.news()).toEqual(['start 1', 'fail 1 dropped', 'fail 2 dropped', 'so it is']);
  });

  test('nothing is given out before all is dropped, and what is submitted meanwhile is not', () => {
    const [dispatcher, notebook] = ready();
    submit(dispatcher, task(1), task(2), task(3));
    notebook.onFail = ({ id }) => {
      if (id === 1) submit(dispatcher, task(4));
    };
    notebook.unclaimed = 3;
    dispatcher.dropUnstarted();
    dispatcher.withdrawn(1);
    expect(notebook.news().slice(3)).toEqual([
      'withdraw 1',
      'fail 1 dropped',
      'fail 2 dropped',
      'fail 3 dropped',
      'send 4 to 1',
    ]);
  });
});

describe('a task has begun', () => {
  test('when it is the next that its worker answers for, as far as is known', () => {
    const [dispatcher] = ready();
    const [first, second, third] = [task(1), task(2), task(3, UNKNOWN)];
    submit(dispatcher, first, second, third);
    const begun = () => [first, second, third].map((each) => dispatcher.begun(each));
    expect(begun()).toEqual([true, false, false]);
    dispatcher.finished(1, 1);
    expect(begun()).toEqual([false, true, false]);
  });

  test('if it could not be dropped', () => {
    const [dispatcher] = ready();
    const [first, second] = [task(1), task(2)];
    submit(dispatcher, first, second);
    expect(dispatcher.drop(second)).toBe(false);
    expect(dispatcher.begun(second)).toBe(true);
  });

  test('and once that is said it is not dropped, though its worker has not looked at it yet', () => {
    const [dispatcher, notebook] = ready();
    const only = task(1);
    submit(dispatcher, only);
    notebook.unclaimed = 1;
    expect(dispatcher.begun(only)).toBe(true);
    expect(dispatcher.drop(only)).toBe(false);
    expect(notebook.news()).toEqual(['send 1 to 1']);
  });

  test('and then it is not dropped with all others either, but given out again', () => {
    const [dispatcher, notebook] = ready();
    const [first, second] = [task(1), task(2)];
    submit(dispatcher, first, second);
    expect(dispatcher.begun(first)).toBe(true);
    notebook.unclaimed = 2;
    dispatcher.dropUnstarted();
    expect(dispatcher.begun(first)).toBe(true);
    dispatcher.withdrawn(1);
    expect(notebook.news().slice(2)).toEqual(['withdraw 1', 'fail 2 dropped', 'send 1 to 1']);
  });
});

describe('a pool that is stopped', () => {
  test('gives its workers a moment to end, or none', () => {
    for (const atOnce of [false, true]) {
      const [dispatcher, notebook] = ready();
      dispatcher.stop({ kind: 'terminated' }, atOnce);
      expect(notebook.news()).toEqual([atOnce ? 'kill 1' : 'end 1']);
    }
  });

  test('may be stopped once more, at once', () => {
    const [dispatcher, notebook] = ready({ size: 2 });
    submit(dispatcher, task(1));
    dispatcher.stop({ kind: 'terminated' });
    dispatcher.exited(1, 0, KILLED);
    notebook.news();
    dispatcher.stop({ kind: 'terminated' });
    expect(notebook.news()).toEqual([]);
    dispatcher.stop({ kind: 'terminated' }, true);
    expect(notebook.news()).toEqual(['kill 2']);
  });
});

describe('a pool that starts its workers on demand', () => {
  const LAZY = { eager: false, size: 3 };

  /** A worker that was given three tasks and is silent. */
  function silent(policy: Parameters<typeof make>[0] = {}): [Dispatcher, Notebook] {
    const [dispatcher, notebook] = make({ ...LAZY, ...policy });
    submit(dispatcher, task(1));
    dispatcher.ready(1);
    submit(dispatcher, task(2));
    submit(dispatcher, task(3));
    return [dispatcher, notebook];
  }

  test('starts nobody before there is work', () => {
    const [dispatcher, notebook] = make(LAZY);
    dispatcher.place();
    expect(notebook.news()).toEqual([]);
  });

  test('starts one for each task, up to its size', () => {
    const [dispatcher, notebook] = make(LAZY);
    submit(dispatcher, task(1));
    expect(notebook.news()).toEqual(['start 1']);
    submit(dispatcher, ...[2, 3, 4, 5].map((id) => task(id)));
    expect(notebook.news()).toEqual(['start 2', 'start 3']);
  });

  test('gives the work to one that is idle instead', () => {
    const [dispatcher, notebook] = make(LAZY);
    submit(dispatcher, task(1));
    dispatcher.ready(1);
    dispatcher.finished(1, 1);
    dispatcher.progressed(1);
    submit(dispatcher, task(2));
    expect(notebook.news()).toEqual(['start 1', 'send 1 to 1', 'send 2 to 1']);
  });

  test('starts nobody for what is dropped before anybody could begin with it', () => {
    const [dispatcher, notebook] = make(LAZY);
    for (const id of [1, 2, 3]) dispatcher.submit(task(id));
    dispatcher.dropUnstarted();
    expect(notebook.news()).toEqual([1, 2, 3].map((id) => `fail ${id} dropped`));
    submit(dispatcher, task(4));
    expect(notebook.news()).toEqual(['start 1']);
  });

  test('starts nobody for an input that waits', () => {
    const [dispatcher, notebook] = make({ ...LAZY, tasksPerWorker: 1 });
    const items: (Task | 'wait')[] = [task(1), 'wait', task(2)];
    const source: Source = { order: 1, pull: () => items.shift() ?? 'done', stop: () => undefined };
    dispatcher.submitSource(source);
    dispatcher.place();
    dispatcher.ready(1);
    expect(notebook.news()).toEqual(['start 1', 'send 1 to 1', 'start 2']);
    dispatcher.ready(2);
    dispatcher.exited(2, 0, LOST);
    expect(notebook.news()).toEqual([]);
    dispatcher.wakeSource(source);
    expect(notebook.news()).toEqual(['start 3']);
  });

  test('replaces nobody who has nothing left to do', () => {
    const [dispatcher, notebook] = make({ ...LAZY, tasksPerWorker: 1 });
    submit(dispatcher, task(1));
    dispatcher.ready(1);
    dispatcher.finished(1, 1);
    dispatcher.progressed(1);
    dispatcher.exited(1, 0, LOST);
    expect(notebook.news()).toEqual(['start 1', 'send 1 to 1', 'retire 1']);
  });

  test('starts another as soon as one may be in a long call that others wait behind', () => {
    const [dispatcher, notebook] = silent();
    expect(notebook.news()).toEqual(['start 1', 'send 1 to 1', 'start 2', 'send 2 to 1', 'send 3 to 1']);
    notebook.unclaimed = 2;
    expect(notebook.wakesAt).toBe(2);
    notebook.clock = 2;
    dispatcher.tick();
    expect(notebook.news()).toEqual(['peek 1', 'withdraw 1', 'start 3']);
    dispatcher.ready(3);
    expect(notebook.news()).toEqual(['send 2 to 3', 'send 3 to 3']);
  });

  test('gives nothing to a silent worker again, though it says that it knows, until it answers', () => {
    const [dispatcher, notebook] = silent();
    notebook.unclaimed = 2;
    notebook.clock = 2;
    dispatcher.tick();
    notebook.news();
    dispatcher.withdrawn(1);
    dispatcher.progressed(1);
    expect(notebook.news()).toEqual([]);
    dispatcher.finished(1, 1);
    dispatcher.progressed(1);
    expect(notebook.news()).toEqual(['send 2 to 1', 'send 3 to 1']);
  });

  test('trusts a worker again that answers for one of two', () => {
    const [dispatcher, notebook] = silent();
    notebook.unclaimed = 1;
    notebook.clock = 2;
    dispatcher.tick();
    dispatcher.withdrawn(1);
    notebook.news();
    dispatcher.finished(1, 1);
    dispatcher.progressed(1);
    expect(notebook.news()).toEqual(['send 3 to 1']);
  });

  test('trusts a worker again that had begun nothing: it may not have run yet', () => {
    const [dispatcher, notebook] = silent();
    notebook.unclaimed = 3;
    notebook.clock = 2;
    dispatcher.tick();
    notebook.news();
    dispatcher.withdrawn(1);
    expect(notebook.news()).toEqual(['send 1 to 1', 'send 2 to 1', 'send 3 to 1']);
  });

  test('does not take at once what it has just given to a worker that spoke', () => {
    const [dispatcher, notebook] = silent();
    const last = task(4);
    submit(dispatcher, last);
    notebook.clock = 10;
    notebook.unclaimed = 2;
    dispatcher.abort(last, 'enough');
    notebook.news();
    notebook.unclaimed = 1;
    dispatcher.withdrawn(1);
    expect(notebook.news()).toEqual(['send 3 to 1']);
  });

  test('takes nothing from a silent worker while as many are busy as may be', () => {
    const [dispatcher, notebook] = silent({ size: 1, tasksPerWorker: 3 });
    notebook.unclaimed = 2;
    notebook.clock = 2;
    dispatcher.tick();
    expect(notebook.news()).toEqual(['start 1', 'send 1 to 1', 'send 2 to 1', 'send 3 to 1', 'peek 1']);
  });

  test('takes nothing from a worker that has just said something', () => {
    const [dispatcher, notebook] = silent();
    notebook.unclaimed = 1;
    notebook.clock = 1.5;
    dispatcher.finished(1, 1);
    dispatcher.progressed(1);
    notebook.news();
    notebook.clock = 3;
    dispatcher.tick();
    expect(notebook.news()).toEqual([]);
    notebook.clock = 3.5;
    dispatcher.tick();
    expect(notebook.news()).toEqual(['peek 1', 'withdraw 1']);
  });
});
