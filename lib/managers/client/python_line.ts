import { blockingDepth } from '../../engine/blocking';
import { after, Eventual, go, type Course } from '../../util/eventual';
import { Deque } from '../../util/deque';
import { clearTimeout, setTimeout } from '../../util/timers';
import type { Lane } from '../home';
import type { Reply, Request } from '../messages';
import type { Channel, Channels } from './channel';
import type { Line } from './line';

/** So many connections are opened without a second thought, and so many are kept when nobody needs them. */
const EAGER = 4;
/** In how many milliseconds one of the others should be free: what they wait for may take for ever. */
const PATIENCE = 10;
/** So many are opened at a time: Python's server has a short queue for them. */
const MOST_AT_A_TIME = 8;

/**
 * To a server of Python, which serves each connection in a thread of its own, one call after the other: each call takes
 * a connection that is idle. More than a few are opened only when all seem to be blocked.
 */
export class PythonLine implements Line {
  readonly #channels: Channels;
  readonly #idle: Channel[] = [];
  readonly #waiting = new Deque<Eventual<Channel>>();
  readonly #all = new Set<Channel>();
  #open: number;
  #timer: NodeJS.Timeout | null = null;
  #opening = 0;
  /** Has anybody got one that was free since the timer was set? */
  #isMoving = false;
  #isClosed = false;

  /** @param first - the one by which the server is known to be Python's. */
  constructor(channels: Channels, first: Channel) {
    this.#channels = channels;
    this.#open = 1;
    this.#all.add(first);
    this.#give(first);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0 || this.#open > this.#idle.length;
  }

  call(request: Request): Eventual<Reply> {
    return go(this.#calling(request));
  }

  *#calling(request: Request): Course<Reply> {
    const bytes = this.#channels.pack(request);
    const channel = yield* this.#take();
    try {
      return yield* channel.exchange(bytes, request.facade);
    } finally {
      this.#give(channel);
    }
  }

  control(request: Request): Eventual<Reply> {
    return go(this.#channels.ask(request));
  }

  lane(): Lane {
    let taken: Eventual<Channel> | null = null;
    let last: Eventual<unknown> = Eventual.of(null);
    return {
      call: (request) =>
        Eventual.try(() => {
          const bytes = this.#channels.pack(request);
          const channel = (taken ??= this.#take());
          const before = last;
          const reply = go(
            (function* () {
              yield* after(before);
              return yield* (yield* channel).exchange(bytes, request.facade);
            })(),
          );
          last = reply;
          return reply;
        }),
      end: () => {
        const channel = taken;
        taken = null;
        if (channel === null) return;
        last.whenSettled(() => {
          channel.whenSettled(() => {
            if (channel.hasValue) this.#give(channel.take());
          });
        });
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const channel of this.#all) channel.close();
  }

  #take(): Eventual<Channel> {
    for (let channel = this.#idle.pop(); channel !== undefined; channel = this.#idle.pop()) {
      if (!channel.isClosed) return Eventual.of(channel);
      this.#drop(channel);
    }
    // A call that blocks cannot wait until the event loop has given one back.
    if (this.#open < EAGER || blockingDepth() > 0) return go(this.#openOne());
    const waiting = new Eventual<Channel>();
    this.#waiting.push(waiting);
    this.#arm();
    return waiting;
  }

  *#openOne(): Course<Channel> {
    this.#open++;
    this.#opening++;
    try {
      const channel = yield* this.#channels.open();
      this.#all.add(channel);
      if (this.#isClosed) channel.close();
      return channel;
    } catch (error) {
      this.#open--;
      throw error;
    } finally {
      this.#opening--;
    }
  }

  #give(channel: Channel): void {
    if (channel.isClosed) {
      this.#drop(channel);
      // Whoever waits would wait for it in vain.
      const next = this.#waiting.shift();
      if (next !== undefined) this.#openFor(next);
      return;
    }
    this.#idle.push(channel);
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#isMoving = true;
      next.settle(this.#idle.pop() as Channel);
    } else if (this.#idle.length > EAGER) {
      const surplus = this.#idle.shift() as Channel;
      surplus.close();
      this.#drop(surplus);
    }
  }

  #openFor(next: Eventual<Channel>): void {
    const opened = go(this.#openOne());
    opened.whenSettled(() => {
      next.follow(opened);
    });
  }

  #drop(channel: Channel): void {
    if (this.#all.delete(channel)) this.#open--;
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const more = this.#isMoving ? 0 : MOST_AT_A_TIME - this.#opening;
      this.#isMoving = false;
      for (let i = 0; i < more; i++) {
        const next = this.#waiting.shift();
        if (next !== undefined) this.#openFor(next);
      }
      if (this.#waiting.length > 0) this.#arm();
    }, PATIENCE);
  }
}
