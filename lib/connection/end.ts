import { arena, checkReceiver } from '../native/arena';
import { onLost } from '../util/journey';
import { depart, sweepDeparted } from './departed';
import { other, PipeMemory, type EndId, type SharedPipe } from './pipe_memory';

/** What travels of an end. */
export interface SharedEnd {
  readonly pipe: SharedPipe;
  readonly end: EndId;
  /** The message that it is part of. */
  readonly ticket: number;
}

/** The ends that this thread holds, and how many connections of it do: all of them are given up when it ends. */
const held = new Map<string, { readonly end: End; count: number }>();
let watchesExit = false;

/** One end of a pipe, as one connection holds it: until it is released. */
export class End {
  readonly memory: PipeMemory;
  readonly id: EndId;
  #released = false;

  /** Not to be called: see {@link End.pair} and {@link End.receive}. */
  constructor(memory: PipeMemory, id: EndId) {
    this.memory = memory;
    this.id = id;
  }

  /** Both ends of a new pipe. */
  static pair(duplex: boolean): [End, End] {
    sweepDeparted();
    const memory = PipeMemory.make(duplex);
    const ends: [End, End] = [new End(memory, 0), new End(memory, 1)];
    memory.change((claims) => {
      for (const end of ends) claims[end.id].hold();
    });
    for (const end of ends) end.#count();
    return ends;
  }

  /** What has come in a message; `null` if its pipe is gone. */
  static receive({ pipe, end, ticket }: SharedEnd): End | null {
    const memory = PipeMemory.at(pipe);
    if (memory?.change((claims) => claims[end].receive(ticket)) !== true) return null;
    const received = new End(memory, end);
    received.#count();
    return received;
  }

  /**
   * It is part of a message from now on, and held until that has come.
   *
   * @throws NotImplementedError for another process, where only threads share memory.
   */
  send(): SharedEnd {
    checkReceiver();
    let ticket = 0;
    this.memory.change((claims) => {
      ticket = claims[this.id].send();
    });
    const { shared } = this.memory;
    onLost(() => {
      PipeMemory.at(shared)?.settle(this.id, (claims) => {
        claims.lose(ticket);
      });
    });
    return { pipe: shared, end: this.id, ticket };
  }

  /** Is there nobody any more at the other end? Asks the system who lives. */
  isAlone(): boolean {
    return !this.memory.look(other(this.id));
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    const entry = held.get(this.#name);
    if (entry === undefined || --entry.count > 0) return;
    held.delete(this.#name);
    this.giveUp();
    if (!this.memory.isOver) depart(this.memory.shared);
  }

  /** This thread does not hold it any more, whatever connections it has. */
  giveUp(): void {
    this.memory.settle(this.id, (claims) => {
      claims.release();
    });
  }

  get #name(): string {
    return `${this.memory.shared.id.join()} ${this.id}`;
  }

  #count(): void {
    const entry = held.get(this.#name);
    if (entry !== undefined) entry.count++;
    else held.set(this.#name, { end: this, count: 1 });
    if (watchesExit) return;
    watchesExit = true;
    // Before the thread is no longer known to the others: then it could not lock anything.
    void arena();
    process.prependOnceListener('exit', () => {
      for (const { end } of held.values()) end.giveUp();
      held.clear();
    });
  }
}
