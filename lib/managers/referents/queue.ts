import { ValueError } from '../../errors';
import { Empty, Full } from '../../queues/errors';
import { addressOf } from '../../util/address';
import { Deque } from '../../util/deque';
import { currentCaller, type Caller } from '../caller';
import { LATE, Line } from './line';
import { numberOf, patienceOfQueue } from './patience';

/** An item on its way, which may be anything. */
interface Sent {
  readonly item: unknown;
}

/**
 * Python's `queue.Queue`. What is taken for somebody whose connection has ended comes back to the front; what somebody
 * waits to put whose connection ends is not put.
 */
export class Queue {
  /** What these give and nobody has got comes back: see `undelivered`. */
  static readonly receipts: readonly string[] = ['get', 'get_nowait'];
  static readonly parameters = {
    __init__: ['maxsize'],
    put: ['item', 'block', 'timeout'],
    put_nowait: ['item'],
    get: ['block', 'timeout'],
  };

  readonly #most: number;
  readonly #items = new Deque<unknown>();
  #unfinished = 0;
  readonly #getters = new Line<Sent>();
  readonly #putters = new Line<void, Sent>();
  readonly #joiners = new Line();

  constructor(maxsize: unknown = 0) {
    const most = numberOf(maxsize, '>');
    this.#most = most > 0 ? most : Infinity;
  }

  /** Python's `put(item, block=True, timeout=None)`. */
  async put(...args: readonly unknown[]): Promise<void> {
    const caller = currentCaller();
    const [item, block = true, timeout = null] = args;
    if (args.length === 0) throw missing('put', 'item');
    // As in Python, an impossible timeout is an error also where nobody has to wait; without a bound none is looked at.
    const patience = this.#most === Infinity ? null : patienceOfQueue(block, timeout);
    if (this.full()) {
      if (patience === 0 || (await this.#putters.wait(caller, patience, { item })) === LATE) throw new Full();
      return;
    }
    this.#add(item);
  }

  put_nowait(...args: readonly unknown[]): Promise<void> {
    if (args.length === 0) throw missing('put_nowait', 'item');
    return this.put(args[0], false);
  }

  #add(item: unknown): void {
    this.#unfinished++;
    const getter = this.#getters.first();
    if (getter === undefined) this.#items.push(item);
    else getter.resolve({ item });
  }

  /** There is room: whoever has waited longest has put its item. */
  #admit(): void {
    const putter = this.full() ? undefined : this.#putters.first();
    if (putter === undefined) return;
    this.#add(putter.brought.item);
    putter.resolve();
  }

  /** Python's `get(block=True, timeout=None)`. */
  async get(block: unknown = true, timeout: unknown = null): Promise<unknown> {
    const caller = currentCaller();
    const patience = patienceOfQueue(block, timeout);
    if (this.#items.length > 0) {
      const item = this.#items.shift();
      this.#admit();
      return item;
    }
    if (patience === 0) throw new Empty();
    const sent = await this.#getters.wait(caller, patience);
    if (sent === LATE) throw new Empty();
    return sent.item;
  }

  get_nowait(): Promise<unknown> {
    return this.get(false);
  }

  qsize(): number {
    return this.#items.length;
  }
  empty(): boolean {
    return this.#items.length === 0;
  }
  full(): boolean {
    return this.#items.length >= this.#most;
  }

  /** @throws ValueError if it was called for every item already. */
  task_done(): void {
    if (this.#unfinished === 0) throw new ValueError('task_done() called too many times');
    if (--this.#unfinished === 0) this.#joiners.tellAll();
  }

  /** Until `task_done` has been called for every item. */
  async join(): Promise<void> {
    const caller = currentCaller();
    while (this.#unfinished > 0) await this.#joiners.wait(caller, null);
  }

  callerEnded(caller: Caller): void {
    for (const line of [this.#getters, this.#putters, this.#joiners]) line.callerEnded(caller);
  }

  undelivered(method: string, result: unknown): void {
    if (method !== 'get' && method !== 'get_nowait') return;
    const getter = this.#getters.first();
    if (getter === undefined) this.#items.unshift(result);
    else getter.resolve({ item: result });
  }

  __repr__(): string {
    return `<queue.Queue object at ${addressOf(this)}>`;
  }
  toString(): string {
    return this.__repr__();
  }
}

const missing = (method: string, name: string): TypeError =>
  new TypeError(`Queue.${method}() missing 1 required positional argument: '${name}'`);
