import { Backlog, bySubmission, isSource } from './backlog';
import type { Commands, Policy } from './commands';
import type { Exit, Failure, StartFailure } from './failure';
import { Phase, type WorkerState } from './roster';
import { Staff } from './staff';
import { TaskState, type Source, type Task } from './task';

/*
 * Which call next, on which worker. A state machine and nothing else: events
 * come in as method calls, commands go out through `Commands`; there is no
 * I/O, no timer and no promise here, and the clock is handed in.
 *
 *   submit ──► queue ──place──► worker.outstanding ──finished──► settled
 *     ▲          ▲  (in order)   [running][sent, sent …]             ▲
 *   source ──────┘                   │        │                      │
 *   (imap: pulled when there         │        └─reclaim── another ───┤
 *    is room; parked while           │            worker is idle     │
 *    it waits)                       └──exit, timeout, abort─────────┘
 *
 * What must stay true:
 *  - Every task settles exactly once: by finished() or by Commands.fail().
 *  - A task that a worker may have started is never placed again.
 *  - A task that no worker started is never lost: it goes back to its place. (One whose memory has moved to a
 *    worker counts as started there: it goes to an idle one.)
 *  - At most `size` workers hold tasks at any time.
 */

/** Work expected to take no longer than this may wait in one worker, in microseconds. */
const BACKLOG = 4000;
const MOST_OUTSTANDING = 1024;
/** A worker that awaits takes in whatever is sent to it: more than this does not wait there. */
const MOST_BYTES = 4 << 20;
/** A worker without a sign of work for so long may be in a long call, in milliseconds. */
const STALLED = 2;
/** How long an answer may rest that has begun to come, in milliseconds. */
const ANSWER = 1000;
/** So many entries of the queue may be passed over, or half of it. */
const MOST_DISCARDED = 1024;
/** Why a task fails that nobody wants and nobody started. */
const DROPPED: Failure = { kind: 'dropped' };
/** How often a worker that stays silent is looked at in the end, in milliseconds. */
const SELDOM = 50;

export class Dispatcher {
  readonly #policy: Policy;
  readonly #commands: Commands;
  readonly #queue = new Backlog();
  readonly #parked = new Set<Source>();
  #sources = 0;
  readonly #staff: Staff;
  #busy = 0;
  #unsettled = 0;
  /** Entries of the queue that are settled and only passed over. */
  #discarded = 0;
  #closed = false;
  #stopped: Failure | null = null;
  #placing = false;
  /** How deep in calls that block. */
  #depth = 0;
  /** The sources that are being pulled: one, unless it blocks meanwhile. */
  readonly #asked: Source[] = [];

  constructor(policy: Policy, commands: Commands) {
    this.#policy = policy;
    this.#commands = commands;
    this.#staff = new Staff(policy, commands);
  }

  /** Tasks that have not settled and sources that may yield more. */
  get pending(): number {
    return this.#unsettled + this.#parked.size + this.#sources;
  }

  get workers(): ReadonlyMap<number, WorkerState> {
    return this.#staff.workers;
  }

  /**
   * Is there work that should keep the process alive? A source that waits for
   * its input or its reader is not: whoever it waits for keeps the process alive, or nobody does.
   */
  get active(): boolean {
    return this.#unsettled + this.#sources > 0;
  }

  /** Nothing is left to do, and nothing more will come; and no worker is left. */
  get over(): boolean {
    return this.#finished && this.#staff.workers.size === 0;
  }

  get #finished(): boolean {
    return this.#closed && this.pending === 0;
  }

  /** Why nothing runs any more; `null` while it does. */
  get stopped(): Failure | null {
    return this.#stopped;
  }

  // ------------------------------------------------------------- events

  /** @throws what the first start throws that fails. */
  open(): void {
    this.#staff.open();
  }

  submit(task: Task): void {
    if (this.#stopped !== null) {
      task.state = TaskState.Settled;
      this.#commands.fail(task, this.#stopped);
      return;
    }
    this.#unsettled++;
    this.#queue.push(task);
  }

  submitSource(source: Source): void {
    if (this.#stopped !== null) {
      source.stop(this.#stopped);
      return;
    }
    this.#sources++;
    this.#queue.push(source);
  }

  /** A source that said `wait` can be asked again. */
  wakeSource(source: Source): void {
    if (!this.#parked.delete(source)) return;
    this.#sources++;
    this.#queue.insert(source);
    this.place();
  }

  /** The worker has run its initializer. */
  ready(id: number): void {
    const worker = this.#staff.workers.get(id);
    if (worker?.phase !== Phase.Starting) return;
    this.#staff.ready(worker);
    this.place();
  }

  /** The worker answered for this task; the task, if it was still waiting for that. */
  finished(id: number, taskId: number): Task | null {
    const worker = this.#staff.workers.get(id);
    if (worker === undefined) return null;
    const task = worker.outstanding.shift();
    if (task === undefined) return null;
    if (task.id !== taskId) {
      // Answers come in the order of the calls; anything else is a broken worker.
      worker.outstanding.unshift(task);
      this.#staff.doom(worker, true);
      return null;
    }
    this.#left(worker, task);
    return this.#settle(task) ? task : null;
  }

  /** Item `index` of the task begins now. */
  started(id: number, taskId: number): void {
    const task = this.#staff.workers.get(id)?.outstanding.first;
    if (task?.id !== taskId || task.timeout === null) return;
    task.deadline = this.#commands.now() + task.timeout * 1000;
    this.#commands.wake(task.deadline);
  }

  /** The worker is in the middle of an answer: what it answers has been in time, if that was not told before. */
  answering(id: number): void {
    const task = this.#staff.workers.get(id)?.outstanding.first;
    if (task === undefined || task.deadline === 0) return;
    task.deadline = Math.max(task.deadline, this.#commands.now() + ANSWER);
  }

  /** The worker said something. Call after the messages of a frame. */
  progressed(id: number): void {
    const worker = this.#staff.workers.get(id);
    if (worker === undefined) return;
    this.#showsLife(worker);
    this.place();
  }

  withdrawn(id: number): void {
    const worker = this.#staff.workers.get(id);
    if (worker === undefined) return;
    worker.draining = false;
    this.#showsLife(worker);
    this.place();
  }

  /** The worker is gone; the last `unstarted` of its tasks were never started. */
  exited(id: number, unstarted: number, exit: Exit, startError?: StartFailure): void {
    const worker = this.#staff.workers.get(id);
    if (worker === undefined) return;
    this.#staff.workers.delete(id);
    if (worker.outstanding.length > 0) this.#busy--;
    if (this.#policy.fragile && worker.phase === Phase.Ready && this.#stopped === null) {
      this.#stop({ kind: 'crashed', exit }, false, worker.outstanding);
      return;
    }
    const back: Task[] = [];
    for (let i = 0; i < unstarted && worker.outstanding.length > 0; i++) {
      back.unshift(worker.outstanding.pop() as Task);
    }
    // First what is saved: a failure may call the user's code, and that may drop it.
    this.#requeue(back);
    this.#commands.inTurn([...worker.outstanding], (task) => {
      if (this.#settle(task)) this.#commands.fail(task, task.verdict ?? { kind: 'lost', exit });
    });
    if (worker.phase === Phase.Starting) {
      this.#giveUp(this.#staff.failedStart(startError ?? { kind: 'exited', exit }));
    }
    this.place();
  }

  /** Time has come for something: see {@link Commands.wake}. */
  tick(): void {
    const now = this.#commands.now();
    for (const worker of this.#staff.workers.values()) {
      const task = worker.outstanding.first;
      if (task === undefined || task.deadline === 0) continue;
      if (task.deadline > now) {
        // There is one alarm for all, and it may have gone off for something else.
        this.#commands.wake(task.deadline);
        continue;
      }
      task.deadline = 0;
      this.#requeue(this.#reclaim(worker));
      if (isRunning(worker, task))
        this.#condemn(worker, task, { kind: 'timeout', seconds: task.timeout ?? 0 });
    }
    for (const worker of [...this.#staff.workers.values()]) this.#peek(worker, now);
    this.place();
  }

  /**
   * Nobody wants the task any more: its worker is killed if it may have started. place() is to be called when all
   * have been aborted that are to be: what comes next may be one of them.
   */
  abort(task: Task, reason: unknown): void {
    if (task.state === TaskState.Settled) return;
    const failure: Failure = { kind: 'aborted', reason };
    if (!this.#discard(task, failure) && task.worker !== null) {
      if (isRunning(task.worker, task)) this.#condemn(task.worker, task, failure);
      else if (this.#settle(task)) this.#commands.fail(task, failure);
    }
  }

  /**
   * Nobody wants the task any more. True: its failure has been told, and it never runs. False: it has settled in
   * another way, or it has started, or {@link begun} has said so; then it runs to its end. As after abort(), place()
   * is next.
   */
  drop(task: Task): boolean {
    if (task.state === TaskState.Settled || task.announced) return false;
    const dropped = this.#discard(task, DROPPED);
    task.announced = !dropped;
    return dropped;
  }

  /** Drops all tasks that {@link drop} would drop. */
  dropUnstarted(): void {
    for (const worker of this.#staff.workers.values()) this.#requeue(this.#reclaim(worker));
    // Who is told may drop, submit or stop; nothing may be given out before all are dropped.
    const placing = this.#placing;
    const depth = this.#depth;
    this.#placing = true;
    this.#depth = this.#commands.depth();
    try {
      this.#commands.inTurn(this.#queue.entries(), (entry) => {
        if (isSource(entry) || entry.state !== TaskState.Queued || entry.announced) return;
        this.#drop(entry, DROPPED);
      });
    } finally {
      this.#placing = placing;
      this.#depth = depth;
    }
    this.place();
  }

  /**
   * Is a worker about to run the task, or running it? Which of the two is not known here; so what was said to have
   * begun is not dropped any more, even if it goes back into the queue.
   */
  begun(task: Task): boolean {
    if (task.state === TaskState.Settled) return false;
    task.announced ||= task.worker?.outstanding.first === task;
    return task.announced;
  }

  /** Settles the task if no worker has started it. */
  #discard(task: Task, failure: Failure): boolean {
    if (task.worker !== null) this.#requeue(this.#reclaim(task.worker));
    if (task.state !== TaskState.Queued) return false;
    this.#drop(task, failure);
    return true;
  }

  /** The task stays in the queue, where it is passed over; not many of them, as their turn may be far off. */
  #drop(task: Task, failure: Failure): void {
    this.#settle(task);
    if (++this.#discarded > MOST_DISCARDED && this.#discarded > this.#queue.length / 2) {
      this.#queue.filter((entry) => isSource(entry) || entry.state !== TaskState.Settled);
      this.#discarded = 0;
    }
    this.#commands.fail(task, failure);
  }

  /** Nothing more will be submitted. */
  close(): void {
    this.#closed = true;
    this.place();
  }

  /** Drops everything: what is queued, what is sent, what runs. Workers get a moment to end, or none. */
  stop(failure: Failure, atOnce = false): void {
    if (this.#stopped === null) this.#stop(failure, atOnce, []);
    else if (atOnce) for (const worker of this.#staff.workers.values()) this.#commands.kill(worker.id, true);
  }

  #stop(failure: Failure, atOnce: boolean, held: Iterable<Task>): void {
    this.#stopped = failure;
    this.#closed = true;
    // First everything is settled, then it is told: who is told may run the user's code, which may abort and submit.
    const told: (Task | Source)[] = [...held].filter((task) => this.#settle(task));
    for (const worker of this.#staff.workers.values()) {
      for (const task of worker.outstanding) if (this.#settle(task)) told.push(task);
      this.#staff.doom(worker, atOnce);
    }
    for (const entry of this.#takeAll()) if (isSource(entry) || this.#settle(entry)) told.push(entry);
    told.sort(bySubmission);
    this.#commands.inTurn(told, (entry) => {
      if (isSource(entry)) entry.stop(failure);
      else this.#commands.fail(entry, failure);
    });
  }

  // ------------------------------------------------------------ placing

  /** Gives out what can be given out. To be called after submit(), abort() and drop(). */
  place(): void {
    // A source runs the user's code, which may submit: the outer loop sees what it did, unless it waits for that.
    const depth = this.#commands.depth();
    if ((this.#placing && depth <= this.#depth) || this.#stopped !== null) return;
    const outer = this.#placing;
    const outerDepth = this.#depth;
    this.#placing = true;
    this.#depth = depth;
    try {
      this.#hire();
      for (let head = this.#next(); head !== undefined; head = this.#next()) {
        const worker = this.#choose();
        if (worker === null) break;
        if (isSource(head)) this.#pull(head);
        else if (this.#accepts(worker, head)) {
          this.#queue.shift();
          this.#send(worker, head);
        } else break;
      }
      this.#staff.retire(this.#finished);
      this.#hire();
      this.#relieve();
    } finally {
      this.#placing = outer;
      this.#depth = outerDepth;
    }
  }

  /** What is to be given out next. */
  #next(): Task | Source | undefined {
    for (;;) {
      const head = this.#queue.first;
      if (head === undefined || isSource(head) || head.state !== TaskState.Settled) return head;
      this.#queue.shift();
      this.#discarded--;
    }
  }

  #pull(source: Source): void {
    // This runs the user's code, which may do anything to the queue: the source stands beside it meanwhile.
    this.#queue.shift();
    this.#asked.push(source);
    const next = source.pull();
    this.#asked.pop();
    if (this.#stopped !== null) {
      if (typeof next === 'string') return;
      next.state = TaskState.Settled;
      this.#commands.fail(next, this.#stopped);
    } else if (next === 'wait') {
      this.#sources--;
      this.#parked.add(source);
    } else if (next === 'done') {
      this.#sources--;
    } else {
      this.#unsettled++;
      this.#queue.insert(source);
      this.#queue.insert(next);
    }
  }

  /** The worker with the least to do, if it may be given anything. */
  #choose(): WorkerState | null {
    let best: WorkerState | null = null;
    for (const worker of this.#staff.workers.values()) {
      if (worker.phase !== Phase.Ready || worker.draining || worker.quota <= 0) continue;
      if (this.#commands.congested(worker.id)) continue;
      if (worker.outstanding.length === 0) {
        if (this.#busy < this.#policy.size) return worker;
      } else if (
        worker.reclaimable &&
        !worker.stalled &&
        worker.backlog < BACKLOG &&
        worker.outstanding.length < MOST_OUTSTANDING &&
        (best === null || worker.backlog < best.backlog)
      ) {
        best = worker;
      }
    }
    return best;
  }

  /** An idle worker takes anything; behind other tasks go only those known to be short, which can be taken back. */
  #accepts(worker: WorkerState, task: Task): boolean {
    if (worker.outstanding.length === 0) return true;
    if (task.moves) return false;
    const backlog = worker.backlog + task.pace.expect(task.items);
    return backlog <= BACKLOG && worker.bytes + task.bytes <= MOST_BYTES;
  }

  #send(worker: WorkerState, task: Task): void {
    if (worker.outstanding.length === 0) {
      this.#busy++;
      worker.stalled = false;
      this.#showsLife(worker);
    }
    task.state = TaskState.Placed;
    task.worker = worker;
    task.expected = task.pace.expect(task.items);
    task.deadline = 0;
    worker.backlog += task.expected;
    worker.bytes += task.bytes;
    worker.quota--;
    worker.outstanding.push(task);
    this.#commands.send(worker.id, task);
  }

  /** A task left its worker with an answer. */
  #left(worker: WorkerState, task: Task): void {
    task.worker = null;
    worker.stalled = false;
    worker.backlog -= task.expected;
    worker.bytes -= task.bytes;
    if (worker.outstanding.length === 0) this.#busy--;
  }

  #showsLife(worker: WorkerState): void {
    worker.progress = this.#commands.now();
    worker.peekDelay = STALLED;
    worker.peekAt = worker.progress + STALLED;
  }

  /**
   * A worker in a long call may keep the results of short ones before it: they are fetched. Again and again, more
   * and more seldom, because a silent worker may also be one that the system has not let run yet.
   */
  #peek(worker: WorkerState, now: number): void {
    if (worker.outstanding.length < 2 || worker.peekAt > now) return;
    worker.peekDelay = Math.min(worker.peekDelay * 2, SELDOM);
    worker.peekAt = now + worker.peekDelay;
    this.#commands.peek(worker.id);
  }

  /** While one worker is idle, or could be started, nothing may wait behind a long call of another. */
  #relieve(): void {
    let now = -1;
    for (const worker of this.#staff.workers.values()) {
      if (worker.outstanding.length < 2 || worker.phase !== Phase.Ready) continue;
      if (now < 0) now = this.#commands.now();
      this.#commands.wake(Math.max(now, worker.peekAt));
      if (worker.progress + STALLED > now) continue;
      if (worker.draining || !this.#hasRoom()) continue;
      const back = this.#reclaim(worker);
      if (back.length === 0) continue;
      worker.stalled = true;
      this.#requeue(back);
      this.#placing = false;
      this.place();
      return;
    }
  }

  /** Could another worker take what waits in one, now or when it is started? */
  #hasRoom(): boolean {
    if (this.#busy >= this.#policy.size) return false;
    if (this.#staff.hasVacancy) return true;
    for (const worker of this.#staff.workers.values()) {
      if (worker.phase === Phase.Ready && worker.outstanding.length === 0 && worker.quota > 0) return true;
    }
    return false;
  }

  /**
   * Takes back the tasks that the worker has not started, in their order. Always
   * all of them: the worker drops all when it hears of it.
   */
  #reclaim(worker: WorkerState): Task[] {
    if (!worker.reclaimable || worker.draining) return [];
    const got = this.#commands.reclaim(worker.id);
    const back: Task[] = [];
    for (let i = 0; i < got; i++) {
      const task = worker.outstanding.pop() as Task;
      worker.quota++;
      worker.backlog -= task.expected;
      worker.bytes -= task.bytes;
      back.unshift(task);
    }
    if (got > 0) {
      worker.draining = true;
      if (worker.outstanding.length === 0) this.#busy--;
      this.#commands.withdraw(worker.id);
    }
    return back;
  }

  /** Puts tasks back where they belong by the order of their submission. */
  #requeue(tasks: readonly Task[]): void {
    for (let i = tasks.length - 1; i >= 0; i--) {
      const task = tasks[i] as Task;
      task.worker = null;
      if (task.state === TaskState.Settled) continue;
      task.state = TaskState.Queued;
      this.#queue.insert(task);
    }
  }

  // ------------------------------------------------------------ workers

  #hire(): void {
    // What is left in the queue when all is finished is settled, and no reason to start anybody.
    if (this.#stopped !== null || this.#finished) return;
    // An input that waits is no work either before it is woken.
    const waiting = this.#queue.length - this.#discarded;
    this.#giveUp(this.#staff.hire(waiting, this.#policy.eager && !this.#closed));
  }

  #giveUp(cause: StartFailure | null): void {
    if (cause !== null) this.stop({ kind: 'broken', cause });
  }

  /** Kills the worker for the sake of one task; what else it holds and has not started is saved. */
  #condemn(worker: WorkerState, task: Task, failure: Failure): void {
    task.verdict ??= failure;
    this.#staff.doom(worker, true);
  }

  // ------------------------------------------------------------ settling

  #settle(task: Task): boolean {
    if (task.state === TaskState.Settled) return false;
    task.state = TaskState.Settled;
    task.deadline = 0;
    this.#unsettled--;
    return true;
  }

  #takeAll(): (Task | Source)[] {
    const all = [...this.#parked, ...this.#asked, ...this.#queue.takeAll()];
    this.#parked.clear();
    this.#sources = 0;
    return all;
  }
}

/**
 * Of the tasks that a worker has claimed, only the last one can be running: the answers of the others are on
 * their way. To be asked after a reclaim, when it holds no others. (Where nothing can be claimed, it holds one.)
 */
const isRunning = (worker: WorkerState, task: Task): boolean => worker.outstanding.at(-1) === task;
