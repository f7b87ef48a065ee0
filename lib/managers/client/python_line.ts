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

interface Waiting {
  readonly resolve: (channel: Channel) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * To a server of Python, which serves each connection in a thread of its own, one call after the other: each call takes
 * a connection that is idle. More than a few are opened only when all seem to be blocked.
 */
export class PythonLine implements Line {
  readonly #channels: Channels;
  readonly #idle: Channel[] = [];
  readonly #waiting: Waiting[] = [];
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

  async call(request: Request): Promise<Reply> {
    const bytes = this.#channels.pack(request);
    const channel = await this.#take();
    try {
      return await channel.exchange(bytes);
    } finally {
      this.#give(channel);
    }
  }

  control(request: Request): Promise<Reply> {
    return this.#channels.ask(request);
  }

  lane(): Lane {
    let taken: Promise<Channel> | null = null;
    let last: Promise<unknown> = Promise.resolve();
    return {
      call: (request) => {
        const bytes = this.#channels.pack(request);
        taken ??= this.#take();
        const channel = taken;
        const reply = last.then(async () => (await channel).exchange(bytes));
        last = reply.catch(() => undefined);
        return reply;
      },
      end: () => {
        const channel = taken;
        taken = null;
        if (channel === null) return;
        void last
          .then(
            async () => {
              this.#give(await channel);
            },
            () => undefined,
          )
          .catch(() => undefined);
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const channel of this.#all) channel.close();
  }

  #take(): Promise<Channel> {
    for (let channel = this.#idle.pop(); channel !== undefined; channel = this.#idle.pop()) {
      if (!channel.isClosed) return Promise.resolve(channel);
      this.#drop(channel);
    }
    if (this.#open < EAGER) return this.#openOne();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#arm();
    });
  }

  async #openOne(): Promise<Channel> {
    this.#open++;
    this.#opening++;
    try {
      const channel = await this.#channels.open();
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
      if (next !== undefined) this.#openOne().then(next.resolve, next.reject);
      return;
    }
    this.#idle.push(channel);
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#isMoving = true;
      next.resolve(this.#idle.pop() as Channel);
    } else if (this.#idle.length > EAGER) {
      const surplus = this.#idle.shift() as Channel;
      surplus.close();
      this.#drop(surplus);
    }
  }

  #drop(channel: Channel): void {
    if (this.#all.delete(channel)) this.#open--;
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const more = this.#isMoving ? 0 : MOST_AT_A_TIME - this.#opening;
      this.#isMoving = false;
      for (const { resolve, reject } of this.#waiting.splice(0, more)) this.#openOne().then(resolve, reject);
      if (this.#waiting.length > 0) this.#arm();
    }, PATIENCE);
  }
}
