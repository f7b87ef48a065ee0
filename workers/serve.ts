import { isThenable } from '../lib/util/thenable';
import { describeUnencodable, encodeListResult, encodeOneResult, encodeThrown } from './replies';
import { Receiver } from '../lib/reduction/receiving';
import type { CodecId, Encoded } from '../lib/reduction/types';
import type { Claims } from '../lib/wire/claims';
import type { Journal } from '../lib/wire/journal';
import {
  CallFlag,
  CallKind,
  Thrown,
  ToParent,
  ToWorker,
  type CallKindId,
  type Message,
} from '../lib/wire/protocol';
import type { Question } from './ask';
import { runChunk, type AnyFunction } from './chunk';
import type * as Life from './life';
import { blockCount, isClaimable } from './messages';
import { Outbox, type Port } from './outbox';

/** A channel to the parent, whatever it is made of. */
export interface ServerPort extends Port {
  /** Is what was sent still on its way? Then nothing more is started until `drained` is called. */
  readonly congested: boolean;
  /** Is the parent in the same process? Then memory can be shared with it. */
  readonly sharesMemory: boolean;
  /** Looks for memory that the parent offers for claims and journal; `null` if it cannot be had. */
  share?(place: unknown): { readonly claims: Claims; readonly journal: Journal } | null;
  end(code: number): void;
  /** Nothing more is expected from the parent but its end: that is reported, and does not keep this worker alive. */
  release(orphaned: () => void): void;
  /** Keeps this worker alive until the parent ends, or lets it end before. */
  hold(on: boolean): void;
  /** Asks the parent, and waits until the question is over, without the event loop. */
  ask(message: string, question: Question): void;
}

interface Entry {
  readonly message: Message;
  readonly blocks: readonly Uint8Array[];
}

/** The user's code may replace the global one by a fake. */
const later = setImmediate;

/** Work done without a look at the event loop, in milliseconds: then timers and I/O of the user's code have a turn. */
const TURN = 20;

/**
 * The whole life of a worker: messages come in, are worked off one after the
 * other, and are answered in the same order.
 */
export class Server {
  readonly #port: ServerPort;
  #claims: Claims | null;
  /** Where they are when the parent says so. */
  #sharedClaims: Claims | null = null;
  readonly #become: (identity: never) => void;
  readonly #outbox: Outbox;
  readonly #receiver = new Receiver();
  readonly #queue: Entry[] = [];
  #next = 0;
  #working = false;
  /** Calls still in the queue were taken back; the parent's word for it is on its way. */
  #dropping = false;

  /** @param become - takes in who this worker is: the value of the Setup message. */
  constructor(
    port: ServerPort,
    claims: Claims | null,
    journal: Journal | null,
    become: (identity: never) => void,
  ) {
    this.#port = port;
    this.#claims = claims;
    this.#become = become;
    this.#outbox = new Outbox(port, journal);
  }

  /** One frame from the parent. */
  receive(messages: readonly Message[], blocks: readonly Uint8Array[]): void {
    let taken = 0;
    for (const message of messages) {
      const count = blockCount(message);
      const entry = { message, blocks: count === 0 ? NONE : blocks.slice(taken, (taken += count)) };
      if (message[0] === ToWorker.Withdraw) this.#withdraw();
      else this.#queue.push(entry);
    }
    this.work();
  }

  /** Works off the queue until it is empty, a call has to be awaited, or the event loop is due. */
  work(): void {
    if (this.#working) return;
    const turnEnds = performance.now() + TURN;
    this.#outbox.begin();
    while (this.#next < this.#queue.length) {
      if (this.#port.congested) return;
      const entry = this.#queue[this.#next++] as Entry;
      const pending = this.#handle(entry);
      if (pending !== null) {
        this.#working = true;
        void pending.then(() => {
          this.#working = false;
          this.work();
        });
        return;
      }
      if (performance.now() > turnEnds && this.#next < this.#queue.length) {
        this.#outbox.flush();
        this.#working = true;
        later(() => {
          this.#working = false;
          this.work();
        });
        return;
      }
    }
    this.#queue.length = 0;
    this.#next = 0;
    this.#outbox.flush();
  }

  /** Does what one message says; a promise if that takes more than this turn. */
  #handle({ message, blocks }: Entry): Promise<void> | null {
    switch (message[0]) {
      case ToWorker.Call:
        return this.#call(message, blocks);
      case ToWorker.Define:
        this.#receiver.define(message[1], blocks);
        return null;
      case ToWorker.Initialize:
        return this.#initialize(message, blocks);
      case ToWorker.Setup:
        this.#become(this.#receiver.decode(message[1] as CodecId, message[2], blocks) as never);
        return null;
      case ToWorker.Exit:
        this.#outbox.flush();
        this.#port.end(0);
        return null;
      case ToWorker.Run:
        return this.#run(message, blocks);
      case ToWorker.Share:
        this.#share(message[1]);
        return null;
      case ToWorker.Switch:
        this.#claims = this.#sharedClaims;
        return null;
      default:
        return null;
    }
  }

  #share(place: unknown): void {
    // What is in the old journal is sent: the frames that come are in the new one.
    this.#outbox.flush();
    const memory = this.#port.share?.(place) ?? null;
    if (memory === null) return;
    this.#outbox.keepIn(memory.journal);
    this.#sharedClaims = memory.claims;
  }

  #run(message: Message, blocks: readonly Uint8Array[]): null {
    const [, fn, codec, json, , parentThread] = message as [number, number, CodecId, unknown, number, number];
    const { live } = require('./life') as typeof Life;
    const work = (): Life.Work => {
      const [f, args] = this.#receiver.decode(codec, json, blocks) as [AnyFunction | null, unknown[]];
      return { f: fn < 0 ? f : this.#receiver.function(fn), args };
    };
    live(this.#port, parentThread, work);
    return null;
  }

  #call(message: Message, blocks: readonly Uint8Array[]): Promise<void> | null {
    const [, id, fn, kind, flags, codec, json] = message as [
      number,
      number,
      number,
      CallKindId,
      number,
      CodecId,
      unknown,
    ];
    if ((flags & CallFlag.Claimable) !== 0 && (this.#dropping || this.#claims?.take(1) === 0)) {
      this.#dropping = true;
      return null;
    }
    let run: () => unknown;
    let items = 1;
    try {
      const f = this.#receiver.function(fn);
      const value = this.#receiver.decode(codec, json, blocks) as unknown[];
      if (kind === CallKind.Apply) {
        if ((flags & CallFlag.ReportStart) !== 0) this.#outbox.say(`[${ToParent.Started},${id},0]`);
        run = () => f(...value);
      } else {
        items = value.length;
        run = () =>
          runChunk(
            f,
            kind,
            value,
            (flags & CallFlag.ReportStart) === 0
              ? null
              : (index) => {
                  this.#outbox.say(`[${ToParent.Started},${id},${index}]`);
                },
          );
      }
    } catch (error) {
      this.#threw(id, Thrown.ByDecoding, error, 1);
      return null;
    }
    this.#outbox.begin();
    try {
      const result = run();
      if (isThenable(result)) {
        // Nothing is gathered across an await: it may take for ever.
        this.#outbox.flush();
        this.#outbox.begin();
        return this.#await(id, kind, result, items);
      }
      this.#returned(id, kind, result, items);
    } catch (error) {
      this.#threw(id, Thrown.ByFunction, error, items);
    }
    return null;
  }

  async #await(id: number, kind: CallKindId, result: PromiseLike<unknown>, items: number): Promise<void> {
    try {
      this.#returned(id, kind, await result, items);
    } catch (error) {
      this.#threw(id, Thrown.ByFunction, error, items);
    }
  }

  #returned(id: number, kind: CallKindId, result: unknown, items: number): void {
    let encoded: Encoded;
    try {
      encoded =
        kind === CallKind.Apply
          ? encodeOneResult(result, this.#port.sharesMemory)
          : encodeListResult(result as unknown[], this.#port.sharesMemory);
    } catch (reason) {
      this.#unencodable(id, result, reason, items);
      return;
    }
    const { codec, text, blocks } = encoded;
    const tail = blocks.length === 0 ? '' : `,${blocks.length}`;
    this.#outbox.report(`[${ToParent.Returned},${id},${codec},${text}${tail}]`, encoded, items, this.#more());
  }

  #threw(id: number, how: number, error: unknown, items: number): void {
    let encoded: Encoded;
    try {
      encoded = encodeThrown(error, this.#port.sharesMemory);
    } catch (reason) {
      this.#unencodable(id, error, reason, items);
      return;
    }
    const { codec, text, blocks } = encoded;
    const tail = blocks.length === 0 ? '' : `,${blocks.length}`;
    this.#outbox.report(
      `[${ToParent.Threw},${id},${how},${codec},${text}${tail}]`,
      encoded,
      items,
      this.#more(),
    );
  }

  #unencodable(id: number, value: unknown, reason: unknown, items: number): void {
    const encoded = describeUnencodable(value, reason);
    this.#outbox.report(
      `[${ToParent.Threw},${id},${Thrown.ByEncoding},${encoded.codec},${encoded.text}]`,
      encoded,
      items,
      this.#more(),
    );
  }

  #more(): boolean {
    return this.#next < this.#queue.length && !this.#dropping;
  }

  #initialize(message: Message, blocks: readonly Uint8Array[]): Promise<void> | null {
    const [, fn, codec, json] = message as [number, number, CodecId, unknown];
    const ready = (): void => {
      this.#outbox.say(`[${ToParent.Ready}]`);
    };
    const failed = (error: unknown): void => {
      let encoded: Encoded;
      try {
        encoded = encodeThrown(error, this.#port.sharesMemory);
      } catch {
        encoded = encodeThrown(new Error(String(error)), this.#port.sharesMemory);
      }
      const { codec: how, text, blocks: parts } = encoded;
      this.#outbox.say(`[${ToParent.InitializerThrew},${how},${text},${parts.length}]`, parts);
      this.#port.end(1);
    };
    try {
      if (fn >= 0) {
        const args = this.#receiver.decode(codec, json, blocks) as unknown[];
        const result = this.#receiver.function(fn)(...args);
        if (isThenable(result)) return Promise.resolve(result).then(ready, failed);
      }
      ready();
    } catch (error) {
      failed(error);
    }
    return null;
  }

  /** The parent has taken back the calls that were not claimed; what is to be defined stays. */
  #withdraw(): void {
    const kept = this.#queue.slice(this.#next).filter(({ message }) => !isClaimable(message));
    this.#queue.length = 0;
    this.#queue.push(...kept);
    this.#next = 0;
    this.#dropping = false;
    this.#outbox.say(`[${ToParent.Withdrawn}]`);
  }
}

const NONE: readonly Uint8Array[] = [];
