import type { Commands, Policy } from '../../lib/engine/commands';
import { Dispatcher } from '../../lib/engine/dispatcher';
import type { Exit, Failure } from '../../lib/engine/failure';
import { Phase } from '../../lib/engine/roster';
import type { Encoded, EncodedFunction } from '../../lib/reduction/types';
import { take } from '../../lib/reduction/transfer';
import { CallKind } from '../../lib/wire/protocol';
import { Pace, Task, TaskState, type Receiver, type Source } from '../../lib/engine/task';

/*
 * A host for the dispatcher without processes, sockets or time: workers are
 * queues, and a list of numbers decides what happens next. What the real host
 * can do in any order (deliver, run, die, be slow), this one does in any order.
 */

/** A worker's life as the host sees it; the dispatcher only hears of it by messages. */
class FakeWorker {
  readonly id: number;
  phase: 'starting' | 'ready' | 'dead' = 'starting';
  /** Sent and not yet received by the worker. */
  readonly wire: ToFake[] = [];
  /** Received, in the order in which it will be looked at. */
  queue: ToFake[] = [];
  /** What the claims file holds: calls that either side may still take. */
  claims = 0;
  dropping = false;
  running: { readonly task: Task; item: number; endsAt: number } | null = null;
  /** Said and not yet heard by the dispatcher. */
  readonly said: FromFake[] = [];
  congested = false;
  exiting = false;
  /** Killed by the dispatcher; it dies at the next step that picks it. */
  killed = false;
  begun = 0;

  constructor(id: number) {
    this.id = id;
  }
}

type ToFake = { readonly kind: 'call'; readonly task: Task } | { readonly kind: 'withdraw' | 'exit' };
type FromFake =
  | { readonly kind: 'ready' | 'withdrawn' }
  | { readonly kind: 'started'; readonly task: Task }
  | { readonly kind: 'answer'; readonly task: Task; readonly took: number };

/** What the host knows of one task. */
export interface Record {
  readonly task: Task;
  /** How long each item runs; Infinity: until somebody kills it. */
  readonly duration: number;
  begunBy: number | null;
  sent: boolean;
  /** Which worker ran it to its end. */
  done: boolean;
  aborted: boolean;
  dropped: boolean;
  /** Somebody was told that it has begun. */
  promised: boolean;
  settled: 'finished' | Failure | null;
}

export interface Setup {
  readonly size: number;
  readonly tasksPerWorker: number;
  readonly eager: boolean;
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
const MOST_BYTES = 4 << 20;
/** It is moved to the worker that gets it, so it can be sent once. */
const MOVED_VALUE: Encoded = { ...NO_VALUE, blocks: [take(new ArrayBuffer(1 << 16), true, null)] };
const NO_RECEIVER = {} as Receiver;

export class Violation extends Error {}

function check(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Violation(promise);
}

/** An input that yields, waits, ends and, while it is asked, does what a user's generator can do. */
class FakeSource implements Source {
  readonly order: number;
  readonly #model: Model;
  readonly script: number[];
  waiting = false;
  ended = false;
  stopped = false;

  constructor(model: Model, script: number[]) {
    this.order = model.nextOrder();
    this.#model = model;
    this.script = script;
  }

  pull(): Task | 'wait' | 'done' {
    check(!this.stopped && !this.ended, 'a source that has ended is not asked again');
    check(!this.waiting, 'a source that waits is not asked before it is woken');
    const step = this.script.shift();
    if (step === undefined) {
      this.ended = true;
      return 'done';
    }
    if (step % 4 === 0) {
      this.waiting = true;
      return 'wait';
    }
    if (step % 11 === 0) this.#model.meddle(step);
    return this.#model.newTask(step >> 2, this.order);
  }

  stop(): void {
    check(!this.stopped, 'a source is stopped once');
    this.stopped = true;
  }
}

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
  /** So many of the next starts the system refuses. */
  #refusals = 0;
  readonly log: string[] = [];

  constructor(setup: Setup) {
    this.#setup = setup;
    const policy: Policy = { ...setup, fragile: false, failedStarts: setup.size };
    if (setup.known) this.#paces.forEach((pace, kind) => pace.note(DURATIONS[kind]!));
    this.dispatcher = new Dispatcher(policy, this);
    this.dispatcher.open();
  }

  // ----------------------------------------------------- Commands

  start(id: number): void {
    check(!this.workers.has(id), 'a worker is started once');
    check(!this.stopped, 'nothing is started after the end');
    if (this.#refusals > 0) {
      this.#refusals--;
      this.#note(`refused ${id}`);
      throw new Error('no more processes');
    }
    this.workers.set(id, new FakeWorker(id));
    this.#note(`start ${id}`);
  }

  send(id: number, task: Task): void {
    const worker = this.#alive(id);
    const record = this.#record(task);
    this.#note(`send ${id} task ${task.id}`);
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
    check(
      outstanding.length === 1 || outstanding.reduce((sum, { bytes }) => sum + bytes, 0) <= MOST_BYTES,
      'large requests do not pile up in a worker',
    );
    if (!this.#setup.reclaimable)
      check(
        this.dispatcher.workers.get(id)?.outstanding.length === 1,
        'what cannot be taken back is given out one at a time',
      );
    check(!task.moves || !record.sent, 'what is moved is sent once');
    check(!task.moves || outstanding.length === 1, 'what is moved goes to an idle worker');
    record.sent = true;
    if (this.#isClaimable(task)) worker.claims++;
    worker.wire.push({ kind: 'call', task });
  }

  reclaim(id: number): number {
    const worker = this.#alive(id);
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
    worker.wire.push({ kind: 'exit' });
  }

  kill(id: number): void {
    const worker = this.#alive(id);
    this.#note(`kill ${id}`);
    if (!this.stopped && this.dispatcher.stopped === null) {
      check(
        worker.running?.task.verdict !== null,
        'a worker is not killed while it runs a task that nobody complains of',
      );
    }
    worker.killed = true;
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
        check(!record.promised, 'what somebody was told has begun is not dropped');
        break;
      case 'crashed':
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

  now(): number {
    return this.#clock;
  }

  #alive(id: number): FakeWorker {
    const worker = this.workers.get(id);
    check(worker !== undefined, `the dispatcher knows which workers there are (${id})`);
    return worker;
  }

  #isClaimable(task: Task): boolean {
    return this.#setup.reclaimable && !task.moves;
  }

  #record(task: Task): Record {
    return this.records.get(task) as Record;
  }

  #note(line: string): void {
    this.log.push(line);
  }

  // ----------------------------------------------------- the user

  nextOrder(): number {
    return this.#nextOrder++;
  }

  newTask(kind: number, order: number): Task {
    const timed = this.#setup.timeouts && kind % 3 === 0;
    const duration = timed && kind % 8 === 0 ? Infinity : DURATIONS[kind % 6]!;
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
      promised: false,
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

  /** What a user's generator may do while the pool asks it for the next item. */
  meddle(n: number): void {
    const all = [...this.records.values()].filter((record) => record.settled === null);
    const some = all[n % Math.max(1, all.length)];
    switch (n % 4) {
      case 0:
        if (!this.closed) this.submit(n);
        break;
      case 1:
        if (some !== undefined) this.#abort(some);
        break;
      case 2:
        if (some !== undefined) this.#drop(some);
        break;
      case 3:
        if (this.#setup.terminate) this.#stop();
    }
  }

  #abort(record: Record): void {
    record.aborted = true;
    this.#note(`abort ${record.task.id}`);
    this.dispatcher.abort(record.task, 'reason');
  }

  #drop(record: Record): void {
    record.dropped = true;
    this.#note(`drop ${record.task.id}`);
    this.dispatcher.drop(record.task);
  }

  #stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.closed = true;
    this.#note('stop');
    // A pool that is breaking may still be telling everybody: then it is checked after that.
    const breaking = this.dispatcher.stopped !== null;
    this.dispatcher.stop({ kind: 'terminated' });
    if (breaking) this.stopped = false;
    else this.#checkStopped();
  }

  #checkStopped(): void {
    for (const record of this.records.values()) {
      check(record.settled !== null, `after the end everything is settled (${record.task.id})`);
    }
    for (const source of this.sources)
      check(source.ended || source.stopped, 'after the end every source is stopped');
  }

  // -------------------------------------------------- what can happen

  /** Does what `choice` picks of all that can happen now. */
  step(choice: number): void {
    const possible = this.#possible();
    const [pick, n] = [choice % possible.length, Math.floor(choice / possible.length)];
    possible[pick]!(n);
    if (this.dispatcher.stopped !== null && !this.stopped) {
      const { failingStarts, deaths, refusals } = this.#setup;
      check(failingStarts || deaths || refusals, 'only failing starts break a pool');
      this.stopped = true;
      this.closed = true;
      this.#checkStopped();
    }
  }

  #possible(): ((n: number) => void)[] {
    const list: ((n: number) => void)[] = [];
    if (!this.closed) {
      list.push(
        (n) => this.submit(n),
        (n) => {
          // Many of one kind: they queue up in the workers when they are short.
          for (let i = 0; i < 6; i++) this.submit(n);
        },
        (n) => this.submitSource(script(n)),
        (n) => {
          const open = [...this.records.values()].filter((record) => record.settled === null);
          const record = open[n % Math.max(1, open.length)];
          if (record === undefined) return;
          if (n % 4 === 0) record.promised = this.dispatcher.begun(record.task);
          if (n % 3 === 0) this.#drop(record);
          else this.#abort(record);
          if (n % 5 !== 0) this.dispatcher.place();
        },
        (n) => {
          if (n % 16 !== 0) return;
          this.closed = true;
          this.#note('close');
          this.dispatcher.close();
        },
      );
      if (this.#setup.refusals) {
        list.push((n) => {
          this.#refusals = n % 5;
        });
      }
      if (this.#setup.terminate) list.push((n) => n % 16 === 0 && this.#stop());
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
    if (worker.killed) {
      list.push(() => this.#die(worker));
    } else if (worker.phase === 'starting') {
      list.push(() => {
        worker.phase = 'ready';
        worker.said.push({ kind: 'ready' });
      });
      if (failingStarts && !this.#settlingDown) list.push(() => this.#die(worker));
    } else {
      if (worker.wire.length > 0) list.push((n) => this.#receive(worker, 1 + (n % worker.wire.length)));
      if (worker.running !== null) {
        if (worker.running.endsAt <= this.#clock) list.push(() => this.#finishItem(worker));
      } else if (worker.queue.length > 0) {
        list.push(() => this.#look(worker));
      } else if (worker.exiting) {
        list.push(() => this.#die(worker));
      }
      if (!this.#settlingDown) {
        if (deaths) list.push((n) => n % 4 === 0 && this.#die(worker));
        list.push(() => {
          worker.congested = !worker.congested;
          if (!worker.congested) this.dispatcher.progressed(worker.id);
        });
      } else if (worker.congested) {
        list.push(() => {
          worker.congested = false;
          this.dispatcher.progressed(worker.id);
        });
      }
    }
    // A dead worker's last words come before its exit; a dying one's may come now.
    if (worker.said.length > 0) list.push((n) => this.#hear(worker, 1 + (n % worker.said.length)));
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
    const isClaimable = this.#isClaimable(message.task);
    if (isClaimable && (worker.dropping || worker.claims === 0)) {
      worker.dropping = true;
      return;
    }
    if (isClaimable) worker.claims--;
    const record = this.#record(message.task);
    check(record.begunBy === null, 'no task is started twice');
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
    for (const message of worker.said.splice(0, count)) {
      switch (message.kind) {
        case 'ready':
          this.#failedStarts = 0;
          this.dispatcher.ready(worker.id);
          break;
        case 'withdrawn':
          this.dispatcher.withdrawn(worker.id);
          break;
        case 'started':
          this.dispatcher.started(worker.id, message.task.id);
          break;
        case 'answer': {
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
  #die(worker: FakeWorker): void {
    if (!this.#lives.has(worker.id)) this.#lives.set(worker.id, 'lost');
    this.#note(`die ${worker.id}`);
    worker.phase = 'dead';
    worker.running = null;
    if (worker.said.length > 0) this.#hear(worker, worker.said.length);
    if (this.dispatcher.workers.get(worker.id)?.phase === Phase.Starting) this.#failedStarts++;
    const unstarted = worker.claims;
    worker.claims = 0;
    this.workers.delete(worker.id);
    const exit: Exit = { pid: worker.id, exitcode: 1, signal: null };
    this.dispatcher.exited(worker.id, unstarted, exit);
    const { stopped } = this.dispatcher;
    const refused = stopped?.kind === 'broken' && stopped.cause.kind === 'refused';
    check(
      this.stopped || refused || this.#failedStarts >= this.#setup.size === (stopped !== null),
      'as many failed starts in a row as there are workers break the pool, and no fewer',
    );
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
    // Something that was submitted without `place` is given out in the same turn.
    this.dispatcher.place();
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
        continue;
      }
      this.#checkNobodyWaits();
      const next = Math.min(
        this.#wakesAt,
        ...[...this.workers.values()].map(({ running }) => running?.endsAt ?? Infinity),
      );
      if (next === Infinity) break;
      this.#advance(Math.max(this.#clock, next));
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

  /** All that can happen by itself has happened, only time can pass: is work left while a worker is idle? */
  #checkNobodyWaits(): void {
    if (this.#wakesAt < Infinity || this.stopped) return;
    const states = [...this.dispatcher.workers.values()];
    const busy = states.filter(({ outstanding }) => outstanding.length > 0).length;
    const idle = states.some(
      ({ phase, outstanding, quota }) => phase === Phase.Ready && outstanding.length === 0 && quota > 0,
    );
    if (!idle || busy >= this.#setup.size) return;
    for (const { task } of this.records.values()) {
      check(task.state !== TaskState.Queued, `nothing is queued while a worker is idle (task ${task.id})`);
    }
    for (const worker of this.workers.values()) {
      check(worker.claims === 0, 'nothing waits behind a long call while another worker is idle');
    }
  }
}

/** The script of a source, from one number. */
function script(n: number): number[] {
  const steps: number[] = [];
  let state = n;
  for (let i = 0; i < n % 7; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1;
    steps.push(state & 0xffff);
  }
  return steps;
}
