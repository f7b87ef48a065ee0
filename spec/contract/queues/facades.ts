import * as promising from 'multiprocessing-ts';
import { Empty, Full } from 'multiprocessing-ts/queue';
import * as sync from 'multiprocessing-ts/sync';
import { METHODS, type Method } from '../process/support';
import { inClothes, inSlices, LATE, turn } from '../slices';
import type { Facade } from '../support';

/** The queues of one facade, as those that promise are seen. */
export interface Queues {
  readonly facade: Facade;
  readonly Queue: typeof promising.Queue;
  readonly JoinableQueue: typeof promising.JoinableQueue;
  readonly SimpleQueue: typeof promising.SimpleQueue;
  /** The class itself, for what runs elsewhere. */
  readonly Bare: typeof promising.Queue;
  /** How processes are started that use them: of the second facade one way says it all. */
  readonly methods: readonly Method[];
}

type Bare = (...args: unknown[]) => unknown;

/** `put` and `get` wait in slices; a test can tell no difference but that nothing overlaps. */
async function wait(bare: Bare, item: unknown[], args: unknown[]): Promise<unknown> {
  const [first, second] = args;
  const given = typeof first === 'object' ? { ...first } : { block: first };
  const { block = true, timeout = null } = {
    ...given,
    ...(typeof second === 'object' ? second : second === undefined ? {} : { timeout: second }),
  } as { block?: unknown; timeout?: unknown };
  const isPlain = block === true && (timeout === null || (typeof timeout === 'number' && timeout > 0));
  const isKnown = Object.keys(given).every((key) => key === 'block' || key === 'timeout');
  if (!isPlain || !isKnown) {
    await turn();
    return bare(...item, ...args);
  }
  let late: unknown;
  const answer = await inSlices((seconds) => {
    try {
      return bare(...item, true, seconds);
    } catch (error) {
      if (!(error instanceof Empty) && !(error instanceof Full)) throw error;
      late = error;
      return LATE;
    }
  }, timeout);
  if (answer === LATE) throw late;
  return answer;
}

const QUEUE: Parameters<typeof inClothes>[1] = {
  put: async (self, bare, args) =>
    args.length === 0 ? bare.call(self) : await wait(bare.bind(self), args.slice(0, 1), args.slice(1)),
  get: (self, bare, args) => wait(bare.bind(self), [], args),
  async join_thread(self, bare) {
    await turn();
    bare.call(self);
  },
  // Nothing tells it to give up: only to be called where others do what it waits for.
  async join(self, bare) {
    await turn();
    bare.call(self);
  },
};

const SIMPLE: Parameters<typeof inClothes>[1] = {
  async put(self, bare, args) {
    await turn();
    bare.apply(self, args);
  },
  async get(self, bare) {
    const queue = self as sync.SimpleQueue;
    await inSlices(() => (queue.empty() ? LATE : null), null);
    return bare.call(self);
  },
};

export const FACADES: readonly Queues[] = [
  {
    facade: 'async',
    Queue: promising.Queue,
    JoinableQueue: promising.JoinableQueue,
    SimpleQueue: promising.SimpleQueue,
    Bare: promising.Queue,
    methods: METHODS,
  },
  {
    facade: 'sync',
    Queue: inClothes(sync.Queue, QUEUE),
    JoinableQueue: inClothes(sync.JoinableQueue, QUEUE),
    SimpleQueue: inClothes(sync.SimpleQueue, SIMPLE),
    Bare: sync.Queue,
    methods: ['spawn'],
  } as unknown as Queues,
];
