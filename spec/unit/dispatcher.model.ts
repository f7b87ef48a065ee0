import type { Commands, Policy } from '../../lib/engine/commands';
import { Dispatcher } from '../../lib/engine/dispatcher';
import type { Exit, Failure } from '../../lib/engine/failure';
import { Phase } from '../../lib/engine/roster';
import { take } from '../../lib/reduction/transfer';
import type { Encoded, EncodedFunction } from '../../lib/reduction/types';
import { CallKind } from '../../lib/wire/protocol';
import { Pace, Task, TaskState, type Receiver } from '../../lib/engine/task';
import { check, FakeSource, FakeWorker, script, Violation, type Record } from './dispatcher.fakes';

/*
 * A host for the dispatcher without processes, sockets or time: workers are
 * queues, and a list of numbers decides what happens next. What the real host
 * can do in any order (deliver, run, die, be slow), this one does in any order.
 */

export interface Setup {
  readonly size: number;
  readonly tasksPerWorker: number;
  readonly eager: boolean;
  readonly fragile: boolean;
  /** Does the first failed start break the pool? Else as many as it has workers. */
  readonly impatient: boolean;
  readonly reclaimable: boolean;
  /** May workers die, and starts fail? */
  readonly deaths: boolean;
  readonly failingStarts: boolean;
  /** May the system refuse to start a worker? */
  readonly refusals: boolean;
  readonly timeouts: boolean;
  readonly terminate: boolean;
  /** Is it known from the start how long the tasks take? */
  readonly known: boolean;
}

/** How long the items of each kind of task run, in milliseconds. */
const DURATIONS = [0, 0, 0.1, 1, 7, 100];

const NO_FUNCTION = {} as EncodedFunction;
const NO_VALUE: Encoded = { codec: 0, text: '', blocks: [], needs: null };
/** Two of them are more than a worker is given at once. */
const BIG_VALUE: Encoded = { ...NO_VALUE, blocks: [new Uint8Array(3 << 20)] };
/** It is moved to the worker that gets it, so it can be sent once. */
const MOVED_VALUE: Encoded = { ...NO_VALUE, blocks: [take(new ArrayBuffer(1 << 16), true, null)] };
const MOST_BYTES = 4 << 20;
/** A worker that has said nothing for so long may be in a long call, in milliseconds. */
const SILENT = 2;
/** After a refused start the next is tried so much later, in milliseconds. */
const REFUSED = 100;
/** So many starts in a row may be killed from outside. */
const PATIENCE = 10;
const NO_RECEIVER = {} as Receiver;

export class Model implements Commands {
  readonly #setup: Setup;
  readonly dispatcher: Dispatcher;
  readonly workers = new Map<number, FakeWorker>();
  readonly records = new Map<Task, Record>();
  readonly sources: FakeSource[] = [];
  readonly #paces = DURATIONS.map(() => new Pace());
  #clock = 0;
  #wakesAt = Infinity;
  #nextTask = 1;
  #nextOrder = 1;
  closed = false;
  stopped = false;
  /** Was any worker lost otherwise than by command? */
  #lives = new Map<number, 'lost' | 'killed'>();
  /** Is it the end of the run: nothing new comes, nothing bad happens? */
  #settlingDown = false;
  #failedStarts = 0;
  readonly #mostFailedStarts: number;
  /** So many of the next starts the system refuses. */
  #refusals = 0;
  /** After a refusal nobody has to be started before this time. */
  #refusedUntil = -1;
  /** How deep we are in something that the user does: it may take tasks back for reasons of its own. */
  #acting = 0;
  /** Something was submitted that nobody has been told to give out. */
  #owed = false;
  #violation: Violation | null = null;
  readonly log: string[] = [];

  constructor(setup: Setup) {
    this.#setup = setup;
    this.#mostFailedStarts = setup.impatient ? 1 : setup.size;
    const policy: Policy = { ...setup, failedStarts: this.#mostFailedStarts };
    if (setup.known) this.#paces.forEach((pace, kind) => pace.note(DURATIONS[kind]!));
    this.dispatcher = new Dispatcher(policy, this);
    this.dispatcher.open();
  }

  // ----------------------------------------------------- Commands

  start(id: number): void {
    // What is thrown here is taken for a refusal.
    this.#violation ??= this.#checkStart(id);
    if (this.#refusals > 0) {
      this.#refusals--;
      this.#refusedUntil = this.#clock + REFUSED;
      this.#note(`refused ${id}`);
      throw new Error('no more processes');
    }
    this.workers.set(id, new FakeWorker(id));
    this.#note(`start ${id}`);
  }

  #checkStart(id: number): Violation | null {
    if (this.workers.has(id)) return new Violation('a worker is started once');
    if (this.#over()) return new Violation('nothing is started after the end');
    const { usable, wanted } = this.#staffing();
    if (usable <= wanted) return null;
    return new Violation(`no more workers are started than there is work for: ${usable} for ${wanted}`);
  }

  send(id: number, task: Task): void {
    const worker = this.#alive(id);
    const record = this.#record(task);
    this.#note(`send ${id} task ${task.id}`);
    check(!this.#over(), 'nothing is sent after the end');
    check(record.begunBy === null, 'a task that may have started is never placed again');
    check(record.settled === null, 'a settled task is not sent');
    check(this.dispatcher.workers.get(id)?.phase === Phase.Ready, 'tasks go to workers that are ready');
    for (const other of this.records.values()) {
      if (other.task === task || other.task.state !== TaskState.Queued) continue;
      check(
        task.order < other.task.order || (task.order === other.task.order && task.id < other.task.id),
        `tasks start in the order of their submission: ${task.id} before ${other.task.id}`,
      );
    }
    const holders = [...this.dispatcher.workers.values()].filter(
      ({ outstanding }) => outstanding.length > 0,
    ).length;
    check(holders <= this.#setup.size, 'at most `size` workers hold tasks');
    const outstanding = [...(this.dispatcher.workers.get(id)?.outstanding ?? [])];
    if (outstanding.length === 1) {
      worker.quietSince = this.#clock;
      worker.relieved = false;
    }
    check(!worker.relieved, 'a worker whose tasks were given to others gets none while it is silent');
    check(
      outstanding.length === 1 || outstanding.reduce((sum, { bytes }) => sum + bytes, 0) <= MOST_BYTES,
      'large requests do not pile up in a worker',
    );
    check(!task.moves || !record.sent, 'what is moved is sent once');
    record.sent = true;
    if (this.#isClaimable(task)) worker.claims++;
    else check(outstanding.length === 1, 'what cannot be taken back does not wait behind anything');
    worker.wire.push({ kind: 'call', task });
  }

  reclaim(id: number): number {
    const worker = this.#alive(id);
    const state = this.dispatcher.workers.get(id);
    // A timeout has its own reasons.
    if (worker.claims > 0 && this.#acting === 0 && state?.outstanding.first?.timeout === null) {
      check(this.#isSilent(worker), 'only from a silent worker tasks are taken');
      check(this.#staffing().room, 'and only if another could run them');
      worker.relieved = true;
    }
    const got = worker.claims;
    worker.claims = 0;
    this.#note(`reclaim ${id}: ${got}`);
    return got;
  }

  peek(id: number): void {
    const worker = this.#alive(id);
    const other = worker.said.findIndex(({ kind }) => kind !== 'answer');
    const count = other < 0 ? worker.said.length : other;
    this.#note(`peek ${id}: ${count}`);
    if (count > 0) this.#hear(worker, count);
  }

  withdraw(id: number): void {
    this.#alive(id).wire.push({ kind: 'withdraw' });
  }

  retire(id: number): void {
    const worker = this.#alive(id);
    this.#note(`retire ${id}`);
    worker.retired = true;
    worker.wire.push({ kind: 'exit' });
  }

  kill(id: number, atOnce: boolean): void {
    const worker = this.#alive(id);
    this.#note(`kill ${id}${atOnce ? ' at once' : ''}`);
    if (!this.#over()) {
      check(
        worker.running?.task.verdict !== null,
        'a worker is not killed while it runs a task that nobody complains of',
      );
    }
    worker.killed = atOnce ? 'at once' : (worker.killed ?? 'gently');
    if (!this.#lives.has(id)) this.#lives.set(id, 'killed');
  }

  congested(id: number): boolean {
    return this.#alive(id).congested;
  }

  fail(task: Task, failure: Failure): void {
    const record = this.#record(task);
    this.#note(`fail ${task.id} ${failure.kind}`);
    check(record.settled === null, `a task settles once (${task.id})`);
    record.settled = failure;
    const { stopped } = this.dispatcher;
    check(stopped === null || failure === stopped, 'after the end there is one reason for everything');
    this.#checkFailure(record, failure);
    // Its error_callback is the user's code.
    if (task.id % 5 === 0) this.meddle(task.id * 7 + this.log.length);
  }

  #checkFailure(record: Record, failure: Failure): void {
    const { task } = record;
    switch (failure.kind) {
      case 'lost':
        check(
          record.begunBy !== null || !this.#isClaimable(task),
          'a task that was never started is not lost',
        );
        check(!this.#setup.fragile, 'a fragile pool does not lose one task alone');
        check(
          this.#setup.deaths && this.#lives.get(failure.exit.pid) === 'lost',
          'a task is lost only with a worker that died by itself',
        );
        if (record.begunBy !== null)
          check(record.begunBy === failure.exit.pid, 'it is lost with its own worker');
        check(!record.done, 'a task that is done is not lost');
        check(!record.aborted, 'a task that was aborted before its worker died is not lost');
        break;
      case 'timeout':
        check(task.timeout !== null && record.begunBy !== null, 'only what runs can overrun');
        break;
      case 'aborted':
        check(record.aborted, 'only what was aborted is aborted');
        break;
      case 'dropped':
        check(record.dropped, 'only what was dropped is dropped');
        check(record.begunBy === null, 'what has begun is not dropped');
        check(!record.kept, 'what was said to run is not dropped');
        break;
      case 'crashed':
        check(this.#setup.fragile, 'only a fragile pool breaks with a worker');
        check(
          this.#lives.get(failure.exit.pid) === 'lost',
          'only a worker that died by itself breaks a pool',
        );
        break;
      case 'terminated':
      case 'broken':
        check(this.stopped || failure.kind === 'broken', 'the end comes from somewhere');
    }
  }

  wake(at: number): void {
    check(at >= this.#clock || at > 0, 'a wake-up has a time');
    this.#wakesAt = Math.min(this.#wakesAt, at);
  }

  inTurn<T>(items: readonly T[], visit: (item: T) => void): void {
    items.forEach(visit);
  }

  depth(): number {
    return 0;
  }

  now(): number {
    return this.#clock;
  }

  #alive(id: number): FakeWorker {
    const worker = this.workers.get(id);
    check(worker !== undefined, `the dispatcher knows which workers there are (${id})`);
    return worker;
  }

  #record(task: Task): Record {
    return this.records.get(task) as Record;
  }

  #note(line: string): void {
    this.log.push(line);
  }

  #over(): boolean {
    return this.stopped || this.dispatcher.stopped !== null;
  }

  /** How many workers can be given tasks, and how many there should be. */
  #staffing(): { usable: number; wanted: number; idle: boolean; waiting: number; room: boolean } {
    const { size, eager } = this.#setup;
    let [usable, working, holding, idle, ready] = [0, 0, 0, false, false];
    for (const { id, phase, quota, outstanding, draining } of this.dispatcher.workers.values()) {
      if (outstanding.length > 0) holding++;
      if (phase > Phase.Ready || quota <= 0) continue;
      usable++;
      if (outstanding.length > 0) working++;
      else if (phase === Phase.Ready) {
        idle = true;
        ready ||= !draining && this.workers.get(id)?.congested === false;
      }
    }
    let waiting = this.sources.filter(({ open }) => open).length;
    for (const { task } of this.records.values()) if (task.state === TaskState.Queued) waiting++;
    const ended = this.closed && this.dispatcher.pending === 0;
    const needed = Math.min(size, waiting + working);
    return {
      usable,
      wanted: ended ? 0 : eager && !this.closed ? size : needed,
      waiting,
      idle: ready && holding < size,
      // Would somebody else take what waits in a worker?
      room: holding < size && (idle || usable < size),
    };
  }

  // ----------------------------------------------------- the user

  nextOrder(): number {
    return this.#nextOrder++;
  }

  newTask(kind: number, order: number): Task {
    const timed = this.#setup.timeouts && kind % 3 === 0;
    // Now and then a call that is known to be short is not.
    const usual = kind % 13 === 5 ? 100 : DURATIONS[kind % 6]!;
    const duration = timed && kind % 8 === 0 ? Infinity : usual;
    const pace = this.#paces[kind % 6]!;
    const timeout = timed ? 0.05 : null;
    const id = this.#nextTask++;
    const items = 1 + (kind % 3);
    const task = new Task(
      id,
      order,
      NO_RECEIVER,
      NO_FUNCTION,
      CallKind.Apply,
      kind % 7 === 0 ? BIG_VALUE : kind % 11 === 0 ? MOVED_VALUE : NO_VALUE,
      pace,
      0,
      items,
      timeout,
    );
    this.records.set(task, {
      task,
      duration,
      begunBy: null,
      sent: false,
      done: false,
      aborted: false,
      dropped: false,
      kept: false,
      settled: null,
    });
    return task;
  }

  submit(kind: number): void {
    const task = this.newTask(kind, this.nextOrder());
    this.#note(`submit ${task.id}`);
    this.dispatcher.submit(task);
    if (kind % 5 !== 0) this.dispatcher.place();
  }

  submitSource(script: number[]): void {
    const source = new FakeSource(this, script);
    this.sources.push(source);
    this.#note(`source ${source.order}`);
    this.dispatcher.submitSource(source);
    this.dispatcher.place();
  }

  /** What a user's generator or callback may do in the middle of everything. */
  meddle(n: number): void {
    const all = [...this.records.values()].filter((record) => record.settled === null);
    const some = all[n % Math.max(1, all.length)];
    switch (n % 8) {
      case 0:
      case 1:
        if (!this.closed) this.submit(n);
        break;
      case 2:
      case 3:
        if (some !== undefined) this.#abort(some);
        break;
      case 4:
        if (some !== undefined) this.#ask(some);
        break;
      case 5:
        if (some !== undefined) this.#drop(some);
        break;
      case 6:
        this.#dropUnstarted();
        break;
      case 7:
        if (this.#setup.terminate) this.#stop(n % 16 === 7);
    }
  }

  #act(step: () => void): void {
    this.#acting++;
    step();
    this.#acting--;
  }

  #abort(record: Record): void {
    record.aborted = true;
    this.#note(`abort ${record.task.id}`);
    this.#act(() => {
      this.dispatcher.abort(record.task, 'reason');
      this.dispatcher.place();
    });
  }

  #drop(record: Record): void {
    const { task } = record;
    const { settled, kept } = record;
    const over = this.#over() || task.state === TaskState.Settled;
    this.#note(`drop ${task.id}`);
    record.dropped = true;
    this.#act(() => {
      const dropped = this.dispatcher.drop(task);
      this.dispatcher.place();
      this.#note(dropped ? 'dropped' : 'kept');
      if (dropped) {
        check(settled === null && !kept, 'what has settled, or was said to run, cannot be dropped any more');
        check(record.settled !== null && record.begunBy === null, 'what is dropped was told so');
      } else {
        check(over || kept || this.#mayRun(record), 'what no worker has begun can be dropped');
        record.kept ||= record.settled === null;
      }
    });
  }

  #dropUnstarted(): void {
    this.#note('drop unstarted');
    const all = [...this.records.values()].filter((record) => record.settled === null);
    const unstarted = all.filter((record) => !record.kept && !this.#mayRun(record));
    for (const record of unstarted) record.dropped = true;
    const over = this.#over();
    this.#act(() => {
      this.dispatcher.dropUnstarted();
    });
    if (over) return;
    for (const { task, settled, begunBy } of unstarted) {
      check(settled !== null && begunBy === null, `what no worker has begun is dropped (${task.id})`);
    }
  }

  /** What cannot be taken back may run from the moment it is sent. */
  #mayRun({ task, begunBy }: Record): boolean {
    return begunBy !== null || (!this.#isClaimable(task) && task.state === TaskState.Placed);
  }

  #isSilent(worker: FakeWorker): boolean {
    return worker.quietSince + SILENT <= this.#clock;
  }

  #isClaimable(task: Task): boolean {
    return this.#setup.reclaimable && !task.moves;
  }

  /** Has the task begun? */
  #ask(record: Record): void {
    const { task } = record;
    const begun = this.dispatcher.begun(task);
    this.#note(`${task.id} has ${begun ? '' : 'not '}begun`);
    check(!begun || task.state !== TaskState.Settled, 'what has settled does not run');
    check(begun || task.state === TaskState.Settled || !record.kept, 'what was said to run is not unsaid');
    const isNext = task.worker?.outstanding.first === task;
    check(
      !begun || record.kept || isNext,
      'what waits, here or behind another, has not begun for all we know',
    );
    const worker = record.begunBy === null ? undefined : this.workers.get(record.begunBy);
    if (worker?.running?.task === task && !worker.said.some(({ kind }) => kind === 'answer')) {
      check(
        begun || task.state === TaskState.Settled,
        'what runs, and is the next to be answered, has begun',
      );
    }
    record.kept ||= begun;
  }

  #stop(atOnce: boolean): void {
    if (this.stopped && !atOnce) return;
    const [before, wasStopped] = [this.#over(), this.stopped];
    this.#note(atOnce ? 'stop at once' : 'stop');
    this.stopped = true;
    this.closed = true;
    this.dispatcher.stop({ kind: 'terminated' }, atOnce);
    if (atOnce) {
      for (const { id, killed } of this.workers.values()) {
        check(killed === 'at once' || !this.dispatcher.workers.has(id), 'at once means now, for everybody');
      }
    }
    // A pool that is breaking may still be telling everybody: then it is checked after that.
    if (before) this.stopped = wasStopped;
    else this.#checkStopped();
  }

  #checkStopped(): void {
    for (const record of this.records.values()) {
      check(record.settled !== null, `after the end everything is settled (${record.task.id})`);
    }
    for (const source of this.sources)
      check(source.ended || source.stopped, 'after the end every source is stopped');
    for (const { id, killed } of this.workers.values()) {
      check(killed !== null || !this.dispatcher.workers.has(id), 'after the end every worker is killed');
    }
  }

  // -------------------------------------------------- what can happen

  /** Does what `choice` picks of all that can happen now. */
  step(choice: number): void {
    const possible = this.#possible();
    const [pick, n] = [choice % possible.length, Math.floor(choice / possible.length)];
    possible[pick]!(n);
    this.#checkStep();
  }

  #checkStep(): void {
    if (this.#violation !== null) throw this.#violation;
    if (this.dispatcher.stopped !== null && !this.stopped) {
      this.stopped = true;
      this.closed = true;
      this.#checkStopped();
    }
    if (!this.stopped && !this.#owed) this.#checkNobodyWaits();
  }

  #possible(): ((n: number) => void)[] {
    const list: ((n: number) => void)[] = [];
    if (!this.closed) {
      list.push(
        (n) => {
          this.submit(n);
          this.#owed = n % 5 === 0;
        },
        (n) => {
          // Many of one kind: they queue up in the workers when they are short.
          for (let i = 0; i < 6; i++) this.submit(n);
          this.#owed = n % 5 === 0;
        },
        (n) => {
          this.submitSource(script(n));
          this.#owed = false;
        },
        (n) => {
          if (n % 16 !== 0) return;
          this.closed = true;
          this.#note('close');
          this.dispatcher.close();
          this.#owed = false;
        },
      );
      if (this.#setup.refusals) {
        list.push((n) => {
          this.#refusals = n % 5;
        });
      }
    }
    list.push((n) => {
      const open = [...this.records.values()].filter((record) => record.settled === null);
      const record = open[n % Math.max(1, open.length)];
      if (record === undefined) return;
      if (n % 3 === 0) this.#drop(record);
      else if (n % 3 === 1) this.#ask(record);
      else this.#abort(record);
    });
    list.push((n) => n % 8 === 0 && this.#dropUnstarted());
    if (this.#setup.terminate) list.push((n) => n % 16 === 0 && this.#stop(n % 32 === 0));
    if (this.#owed) {
      // What is submitted without `place` is given out in the same turn.
      list.push(() => {
        this.dispatcher.place();
        this.#owed = false;
      });
      return list;
    }
    for (const source of this.sources) {
      if (source.waiting && !source.stopped) list.push(() => this.#wakeSource(source));
    }
    for (const worker of this.workers.values()) this.#workerSteps(worker, list);
    list.push((n) => this.#advance(this.#clock + (n % 40) / 2));
    return list;
  }

  #wakeSource(source: FakeSource): void {
    source.waiting = false;
    this.dispatcher.wakeSource(source);
  }

  #workerSteps(worker: FakeWorker, list: ((n: number) => void)[]): void {
    const { deaths, failingStarts } = this.#setup;
    if (worker.killed !== null) {
      list.push(() => this.#die(worker, 'SIGKILL'));
    } else if (worker.phase === 'starting') {
      list.push(() => {
        worker.phase = 'ready';
        worker.said.push({ kind: 'ready' });
      });
      if (failingStarts && !this.#settlingDown) {
        list.push((n) => this.#die(worker, n % 2 === 0 ? 'SIGKILL' : null));
      }
    } else {
      if (worker.wire.length > 0) list.push((n) => this.#receive(worker, 1 + (n % worker.wire.length)));
      if (worker.running !== null) {
        if (worker.running.endsAt <= this.#clock) list.push(() => this.#finishItem(worker));
      } else if (worker.queue.length > 0) {
        list.push(() => this.#look(worker));
      } else if (worker.exiting) {
        list.push(() => this.#die(worker, null));
      }
      if (!this.#settlingDown) {
        if (deaths) list.push((n) => n % 4 === 0 && this.#die(worker, n % 8 === 0 ? 'SIGKILL' : null));
        list.push(() => {
          if (worker.congested) this.#drain(worker);
          else worker.congested = true;
        });
      } else if (worker.congested) {
        list.push(() => this.#drain(worker));
      }
    }
    // A dead worker's last words come before its exit; a dying one's may come now.
    if (worker.said.length > 0) list.push((n) => this.#hear(worker, 1 + (n % worker.said.length)));
  }

  #drain(worker: FakeWorker): void {
    worker.congested = false;
    worker.quietSince = this.#clock;
    this.dispatcher.progressed(worker.id);
  }

  #receive(worker: FakeWorker, count: number): void {
    for (const message of worker.wire.splice(0, count)) {
      if (message.kind !== 'withdraw') {
        worker.queue.push(message);
        continue;
      }
      worker.queue = worker.queue.filter((each) => each.kind !== 'call' || !this.#isClaimable(each.task));
      worker.dropping = false;
      worker.said.push({ kind: 'withdrawn' });
    }
  }

  #look(worker: FakeWorker): void {
    const message = worker.queue.shift()!;
    if (message.kind === 'exit') {
      worker.exiting = true;
      return;
    }
    if (message.kind !== 'call') return;
    if (this.#isClaimable(message.task)) {
      if (worker.dropping || worker.claims === 0) {
        worker.dropping = true;
        return;
      }
      worker.claims--;
    }
    const record = this.#record(message.task);
    check(record.begunBy === null, 'no task is started twice');
    check(record.settled === null || this.#over(), 'what has settled, or was dropped, does not begin');
    record.begunBy = worker.id;
    worker.begun++;
    check(worker.begun <= this.#setup.tasksPerWorker, 'a worker runs no more than its quota');
    this.#note(`begin ${message.task.id} on ${worker.id}`);
    worker.running = { task: message.task, item: 0, endsAt: this.#clock + record.duration };
    if (message.task.timeout !== null) worker.said.push({ kind: 'started', task: message.task });
  }

  #finishItem(worker: FakeWorker): void {
    const running = worker.running!;
    const { task } = running;
    if (++running.item < task.items) {
      running.endsAt = this.#clock + this.#record(task).duration;
      if (task.timeout !== null) worker.said.push({ kind: 'started', task });
      return;
    }
    worker.running = null;
    this.#record(task).done = true;
    worker.said.push({ kind: 'answer', task, took: this.#record(task).duration });
  }

  #hear(worker: FakeWorker, count: number): void {
    worker.quietSince = this.#clock;
    for (const message of worker.said.splice(0, count)) {
      switch (message.kind) {
        case 'ready':
          worker.known = true;
          if (!worker.retired && worker.killed === null) this.#failedStarts = 0;
          this.dispatcher.ready(worker.id);
          break;
        case 'withdrawn':
          this.dispatcher.withdrawn(worker.id);
          break;
        case 'started':
          this.dispatcher.started(worker.id, message.task.id);
          break;
        case 'answer': {
          worker.relieved = false;
          const task = this.dispatcher.finished(worker.id, message.task.id);
          if (task === null) {
            check(
              this.#record(message.task).settled !== null,
              'an answer is for nobody only if its task is settled',
            );
            break;
          }
          const record = this.#record(task);
          check(task === message.task, 'an answer is for its own task');
          check(record.settled === null, `a task settles once (${task.id})`);
          record.settled = 'finished';
          this.#note(`finished ${task.id}`);
          task.pace.note(message.took);
        }
      }
    }
    this.dispatcher.progressed(worker.id);
  }

  /** Its last words come from the channel and the journal, then the claims nobody took, then its exit. */
  #die(worker: FakeWorker, signal: string | null): void {
    if (!this.#lives.has(worker.id)) this.#lives.set(worker.id, 'lost');
    this.#note(`die ${worker.id}${signal === null ? '' : ` ${signal}`}`);
    worker.phase = 'dead';
    worker.running = null;
    if (worker.said.length > 0) this.#hear(worker, worker.said.length);
    const unstarted = worker.claims;
    worker.claims = 0;
    this.workers.delete(worker.id);
    const exit: Exit = { pid: worker.id, exitcode: signal === null ? 1 : -9, signal };
    const before = this.dispatcher.stopped;
    const fate = before === null ? this.#fateAfter(worker, signal) : null;
    this.dispatcher.exited(worker.id, unstarted, exit);
    const { stopped } = this.dispatcher;
    if (before !== null) return;
    switch (fate) {
      case 'crashed':
        check(stopped?.kind === 'crashed' && stopped.exit === exit, 'a fragile pool breaks with a worker');
        break;
      case 'broken':
        check(
          stopped?.kind === 'broken' && stopped.cause.kind === 'exited' && stopped.cause.exit === exit,
          'as many failed starts in a row as it has patience for break the pool',
        );
        break;
      case null: {
        const refused = stopped?.kind === 'broken' && stopped.cause.kind === 'refused';
        check(
          stopped === null || refused || stopped.kind === 'terminated',
          'a worker that was killed or retired breaks nothing, nor do a few failed starts',
        );
      }
    }
  }

  /** What the death of this worker must do to the pool. */
  #fateAfter(worker: FakeWorker, signal: string | null): 'crashed' | 'broken' | null {
    if (worker.killed !== null || worker.retired) return null;
    const { fragile } = this.#setup;
    if (worker.known) return fragile ? 'crashed' : null;
    this.#failedStarts++;
    const most = this.#mostFailedStarts;
    const patience = signal === null || fragile ? most : Math.max(PATIENCE, most);
    return this.#failedStarts >= patience ? 'broken' : null;
  }

  #advance(to: number): void {
    this.#clock = to;
    if (this.#wakesAt > to) return;
    this.#wakesAt = Infinity;
    this.dispatcher.tick();
  }

  // ---------------------------------------------------------- the end

  /** Lets everything that is under way come to its end, in the order that `choices` picks; then looks what is left. */
  settleDown(choices: readonly number[], close: boolean): void {
    this.#settlingDown = true;
    this.#refusals = 0;
    for (const source of this.sources) source.script.length = Math.min(source.script.length, 3);
    if (close && !this.closed) {
      this.closed = true;
      this.dispatcher.close();
    }
    this.dispatcher.place();
    this.#owed = false;
    for (let i = 0; ; i++) {
      check(i < 20_000, 'it comes to an end');
      const steps: ((n: number) => void)[] = [];
      for (const source of this.sources) {
        if (source.waiting && !source.stopped) steps.push(() => this.#wakeSource(source));
      }
      for (const worker of [...this.workers.values()]) this.#workerSteps(worker, steps);
      if (steps.length > 0) {
        const choice = choices.length === 0 ? 0 : choices[i % choices.length]!;
        steps[choice % steps.length]!(choice);
        this.#checkStep();
        continue;
      }
      const next = Math.min(
        this.#wakesAt,
        ...[...this.workers.values()].map(({ running }) => running?.endsAt ?? Infinity),
      );
      if (next === Infinity) break;
      this.#advance(Math.max(this.#clock, next));
      this.#checkStep();
    }
    for (const { task, settled } of this.records.values()) {
      check(settled !== null, `everything settles (task ${task.id} did not)`);
    }
    check(this.dispatcher.pending === 0, 'nothing is pending when everything has settled');
    check(!this.dispatcher.active, 'nothing keeps the process alive when everything has settled');
    if (!this.closed) {
      if (this.#setup.eager) check(this.workers.size >= this.#setup.size, 'an eager pool stands ready');
      this.closed = true;
      this.dispatcher.close();
      this.settleDown(choices, true);
      return;
    }
    check(this.workers.size === 0, 'after close all workers are retired');
    check(this.dispatcher.over, 'then it is over');
  }

  /** After every event: is work left that somebody could do, or could be started for? */
  #checkNobodyWaits(): void {
    const { usable, wanted, waiting, idle, room } = this.#staffing();
    check(waiting === 0 || !idle, 'nothing is queued while a worker is idle');
    check(usable >= wanted || this.#clock < this.#refusedUntil, 'who is missing is started');
    if (!room) return;
    for (const { id, phase, draining, outstanding } of this.dispatcher.workers.values()) {
      const worker = this.workers.get(id);
      if (phase !== Phase.Ready || draining || outstanding.length < 2 || worker === undefined) continue;
      check(
        worker.claims === 0 || !this.#isSilent(worker),
        'nothing waits in a silent worker while another could do it',
      );
    }
  }
}
