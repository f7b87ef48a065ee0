import { decodeThrown } from '../reduction/errors';
import { decodeResult } from '../reduction/results';
import { Peer } from '../reduction/sending';
import type { CodecId, Encoded, EncodedFunction, Needs } from '../reduction/types';
import { CallFlag, Thrown, ToParent, ToWorker, type Message, type ThrownId } from '../wire/protocol';
import { debug } from '../util/log';
import type { Exit, StartFailure } from './failure';
import type { Task } from './task';
import { once, takeIn, type News } from './turns';
import type { Launcher, Worker } from './worker';

/** What every new worker is told before its first call. */
export interface Recruit {
  /** The value of the Setup message: who the worker is. */
  readonly identity: () => Encoded;
  readonly initializer: { readonly fn: EncodedFunction; readonly args: Encoded } | null;
}

/** What the supervisor reports: the dispatcher's events. */
export interface Reports {
  ready(worker: number): void;
  finished(worker: number, taskId: number): Task | null;
  started(worker: number, taskId: number): void;
  answering(worker: number): void;
  progressed(worker: number): void;
  withdrawn(worker: number): void;
  exited(worker: number, unstarted: number, exit: Exit, startError?: StartFailure): void;
}

/** How a result that came back as an error reaches the user. */
export interface ErrorTexts {
  /** What a function returned or threw could not be encoded. */
  unencodable(value: string, reason: string): unknown;
}

/** Messages of one worker are written at the latest when they are this many characters, or carry so many bytes. */
const FULL_TEXT = 65_536;
const FULL_BLOCKS = 1 << 20;

/** The messages of one frame, as far as they are not taken in. */
class Batch implements News {
  at = 0;
  taken = 0;
  /** Milliseconds that an item took, if they say so. */
  pace = -1;

  constructor(
    readonly messages: readonly Message[],
    readonly blocks: readonly Uint8Array[],
    readonly receive: (batch: Batch) => boolean,
  ) {}

  next(): boolean {
    return this.receive(this);
  }

  take(count: unknown): readonly Uint8Array[] {
    const { blocks } = this;
    if (typeof count !== 'number' || count === 0) return blocks.length === 0 ? blocks : [];
    return blocks.slice(this.taken, (this.taken += count));
  }
}

class Member {
  readonly peer = new Peer();
  worker: Worker | null = null;
  /** Messages not yet written, each with a comma before it. */
  messages = '';
  blocks: Uint8Array[] = [];
  blockBytes = 0;
  claims = 0;
  startError: StartFailure | null = null;
}

/**
 * Who is alive: starts workers and ends them, carries calls to them in as few
 * writes as possible and reads their answers. It decides nothing.
 */
export class Supervisor {
  readonly #members = new Map<number, Member>();
  readonly #dirty = new Set<Member>();
  readonly #launcher: Launcher;
  readonly #recruit: Recruit;
  readonly #reports: Reports;
  readonly #errors: ErrorTexts;

  constructor(launcher: Launcher, recruit: Recruit, reports: Reports, errors: ErrorTexts) {
    this.#launcher = launcher;
    this.#recruit = recruit;
    this.#reports = reports;
    this.#errors = errors;
  }

  get size(): number {
    return this.#members.size;
  }

  pids(): number[] {
    return [...this.#members.values()].flatMap(({ worker }) => (worker === null ? [] : [worker.pid]));
  }

  // ----------------------------------------------------------- commands

  start(id: number): void {
    const { identity, initializer } = this.#recruit;
    // Before it is there: what fails now leaves nobody behind who was never told anything.
    const setup = identity();
    const member = new Member();
    member.worker = this.#launcher.launch({
      messages: (messages, blocks) => {
        takeIn(new Batch(messages, blocks, (batch) => this.#receive(id, member, batch)));
      },
      answering: () => {
        this.#reports.answering(id);
      },
      drained: () => {
        takeIn(
          once(() => {
            this.#reports.progressed(id);
          }),
        );
      },
      exited: (exit, unstarted) => {
        this.#exited(id, member, exit, unstarted);
      },
    });
    this.#members.set(id, member);
    debug(`added worker ${member.worker.pid}`);
    this.#put(
      member,
      `[${ToWorker.Setup},${setup.codec},${setup.text},${setup.blocks.length}]`,
      setup.blocks,
    );
    if (initializer === null) {
      this.#put(member, `[${ToWorker.Initialize},-1]`, []);
    } else {
      const { fn, args } = initializer;
      this.#define(member, fn.needs);
      if (args.needs !== null) this.#define(member, args.needs);
      const { codec, text, blocks } = args;
      this.#put(member, `[${ToWorker.Initialize},${fn.id},${codec},${text},${blocks.length}]`, blocks);
    }
  }

  send(id: number, task: Task): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    const { fn, kind, value } = task;
    this.#define(member, fn.needs);
    if (value.needs !== null) this.#define(member, value.needs);
    // What is moved cannot be taken back: the worker is idle, and the call its own at once.
    const claimable = this.#launcher.reclaimable && !task.moves;
    if (claimable) member.claims++;
    const flags = (claimable ? CallFlag.Claimable : 0) | (task.timeout === null ? 0 : CallFlag.ReportStart);
    const tail = value.blocks.length === 0 ? ']' : `,${value.blocks.length}]`;
    this.#put(
      member,
      `[${ToWorker.Call},${task.id},${fn.id},${kind},${flags},${value.codec},${value.text}${tail}`,
      value.blocks,
    );
  }

  reclaim(id: number): number {
    const member = this.#members.get(id);
    if (!member?.worker) return 0;
    // All or nothing: what is not written yet is written first, so that one count holds.
    this.#flush(member);
    return member.worker.reclaim();
  }

  peek(id: number): void {
    this.#members.get(id)?.worker?.peek();
  }

  withdraw(id: number): void {
    const member = this.#members.get(id);
    if (member !== undefined) this.#put(member, `[${ToWorker.Withdraw}]`, []);
  }

  retire(id: number): void {
    const member = this.#members.get(id);
    if (member !== undefined) this.#put(member, `[${ToWorker.Exit}]`, []);
  }

  kill(id: number, atOnce: boolean): void {
    const worker = this.#members.get(id)?.worker;
    if (atOnce) worker?.kill();
    else worker?.terminate();
  }

  congested(id: number): boolean {
    return this.#members.get(id)?.worker?.congested ?? true;
  }

  /** Writes everything that is gathered. */
  flush(): void {
    for (const member of this.#dirty) this.#flush(member);
  }

  // ------------------------------------------------------------- writing

  #define(member: Member, needs: Needs): void {
    const definitions = member.peer.pack(needs);
    if (definitions === null) return;
    const { text, blocks } = definitions;
    this.#put(member, `[${ToWorker.Define},${text},${blocks.length}]`, blocks);
  }

  #put(member: Member, message: string, blocks: readonly Uint8Array[]): void {
    if (member.messages === '') {
      member.messages = message;
      this.#dirty.add(member);
    } else {
      member.messages += `,${message}`;
    }
    for (const block of blocks) {
      member.blocks.push(block);
      member.blockBytes += block.byteLength;
    }
    if (member.messages.length > FULL_TEXT || member.blockBytes > FULL_BLOCKS) this.#flush(member);
  }

  #flush(member: Member): void {
    this.#dirty.delete(member);
    const { messages, blocks } = member;
    if (messages === '') return;
    member.messages = '';
    member.blocks = [];
    member.blockBytes = 0;
    if (member.claims > 0) {
      // Before the calls: a call that arrives must find its claim.
      member.worker?.addClaims(member.claims);
      member.claims = 0;
    }
    member.worker?.send(messages, blocks);
  }

  // ------------------------------------------------------------- reading

  /** Takes in one message; false after the last one. It may run the user's code, which may block and come here again. */
  #receive(id: number, member: Member, batch: Batch): boolean {
    const message = batch.messages[batch.at++];
    if (message === undefined) {
      if (batch.at === batch.messages.length + 1) this.#reports.progressed(id);
      return false;
    }
    this.#handle(id, member, message, batch);
    // If it has blocked, and what it waited for came to the end of all before: what it has placed is to be sent as well.
    if (batch.at > batch.messages.length) this.#reports.progressed(id);
    return true;
  }

  #handle(id: number, member: Member, message: Message, batch: Batch): void {
    switch (message[0]) {
      case ToParent.Returned: {
        const [, taskId, codec, json, count] = message as [number, number, CodecId, unknown, number?];
        const parts = batch.take(count);
        const task = this.#reports.finished(id, taskId);
        if (task !== null) this.#returned(task, batch.pace, codec, json, parts);
        break;
      }
      case ToParent.Threw: {
        const [, taskId, how, codec, json, count] = message as [
          number,
          number,
          ThrownId,
          CodecId,
          unknown,
          number?,
        ];
        const parts = batch.take(count);
        const task = this.#reports.finished(id, taskId);
        if (task !== null) this.#threw(task, how, codec, json, parts);
        break;
      }
      case ToParent.Busy:
        batch.pace = (message[1] as number) / 1000 / (message[2] as number);
        break;
      case ToParent.Started:
        this.#reports.started(id, message[1] as number);
        break;
      case ToParent.Ready:
        this.#reports.ready(id);
        break;
      case ToParent.Withdrawn:
        this.#reports.withdrawn(id);
        break;
      case ToParent.InitializerThrew: {
        const [, codec, json, count] = message as [number, CodecId, unknown, number];
        member.startError = {
          kind: 'threw',
          error: decode(() => decodeThrown(codec, json, batch.take(count))),
        };
        break;
      }
    }
  }

  #exited(id: number, member: Member, exit: Exit, unstarted: number): void {
    debug(`cleaning up worker ${exit.tid ?? exit.pid}: exitcode ${exit.exitcode}`);
    this.#members.delete(id);
    this.#dirty.delete(member);
    // Calls that were never written were never started either.
    this.#reports.exited(id, unstarted + member.claims, exit, member.startError ?? undefined);
  }

  #returned(task: Task, pace: number, codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): void {
    if (pace >= 0) task.pace.note(pace);
    let value: unknown;
    try {
      value = decodeResult(codec, json, blocks);
    } catch (error) {
      task.receiver.failed(task, error);
      return;
    }
    task.receiver.returned(task, value);
  }

  #threw(task: Task, how: ThrownId, codec: CodecId, json: unknown, blocks: readonly Uint8Array[]): void {
    const error = decode(() => {
      if (how !== Thrown.ByEncoding) return decodeThrown(codec, json, blocks);
      const [value, reason] = json as [string, string];
      return this.#errors.unencodable(value, reason);
    });
    task.receiver.failed(task, error);
  }
}

/** What cannot be decoded is an error too. */
function decode(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}
