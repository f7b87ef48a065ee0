import fc from 'fast-check';
import {
  ALL_COMPLETED,
  as_completed,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  wait,
} from 'multiprocessing-ts/concurrent/futures';
import { ids, turn } from './support';

/*
 * wait() and as_completed() against models of a few lines: whatever happens to the futures, in whatever order.
 */
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

type Event = 'run' | 'return' | 'raise' | 'cancel' | 'notify';

/** What happens to a future, if it can. */
function apply(future: Future<unknown>, event: Event): void {
  if (event === 'notify') {
    if (future.cancelled() && !complete.has(future)) {
      future.set_running_or_notify_cancel();
      complete.set(future, false);
    }
  } else if (event === 'cancel') future.cancel();
  else if (!future.done()) {
    if (event !== 'run') complete.set(future, event === 'raise');
    if (event === 'return') future.set_result(1);
    else if (event === 'raise') future.set_exception(0);
    else if (!future.running()) future.set_running_or_notify_cancel();
  }
}

/** The model of a future: in here when it is complete, and whether it raised. */
let complete = new Map<Future<unknown>, boolean>();

const event = fc.tuple(
  fc.nat(5),
  fc.constantFrom<Event>('run', 'return', 'return', 'raise', 'cancel', 'notify', 'notify'),
);
const events = fc.array(event, { maxLength: 6 });

test('wait returns when its condition holds, with everything that is done then', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 6 }),
      events,
      fc.array(events, { maxLength: 8 }),
      fc.constantFrom(FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED),
      fc.constantFrom(null, 0, 1, 100),
      async (size, before, bursts, return_when, timeout) => {
        complete = new Map();
        const futures = Array.from({ length: size }, () => new Future<unknown>());
        const happen = (burst: [number, Event][]): void => {
          for (const [i, what] of burst) if (futures[i]) apply(futures[i], what);
        };
        const holds = (): boolean =>
          complete.size === size ||
          (return_when === FIRST_COMPLETED && complete.size > 0) ||
          (return_when === FIRST_EXCEPTION && [...complete.values()].includes(true));
        happen(before);

        const given: Set<Future<unknown>>[] = [];
        const waiting = wait(futures, timeout, return_when).then((pair) => given.push(...pair));
        let over = holds() || timeout === 0;
        for (const burst of [[], ...bursts]) {
          if (!over) {
            happen(burst);
            over = holds();
          }
          await turn();
          expect(given.length > 0).toBe(over);
        }
        jest.advanceTimersByTime(100_000);
        if (timeout !== null) over = true;
        await turn();
        expect(given.length > 0).toBe(over);
        const parted = [new Set(complete.keys()), new Set(futures.filter((each) => !complete.has(each)))];
        for (const each of futures)
          for (const what of ['cancel', 'return', 'notify'] as const) apply(each, what);
        await waiting;
        if (over) expect(given.map(ids)).toEqual(parted.map(ids));
      },
    ),
    { numRuns: 300 },
  );
});

type Step =
  readonly ['next'] | readonly ['time', number] | readonly ['close'] | readonly ['event', number, Event];

/** What the readers of an as_completed() are told, by number; the times are in seconds. */
class Model {
  readonly told = new Map<number, string>();
  #begun = false;
  #over = false;
  #now = 0;
  #deadline = Infinity;
  #readers: number[] = [];
  #ready: number[] = [];
  #nexts = 0;

  constructor(
    readonly futures: readonly Future<unknown>[],
    readonly timeout: number | null,
  ) {}

  next(): void {
    const reader = this.#nexts++;
    if (this.#over) this.told.set(reader, 'done');
    else {
      if (!this.#begun) {
        this.#begun = true;
        this.#ready = [...this.futures.keys()].filter((i) => complete.has(this.futures[i]!));
        if (this.timeout !== null) this.#deadline = this.#now + this.timeout;
      }
      this.#readers.push(reader);
      this.#match();
      this.time(0);
    }
  }

  completed(i: number): void {
    if (!this.#begun || this.#over) return;
    this.#ready.push(i);
    this.#match();
  }

  time(seconds: number): void {
    this.#now += seconds;
    if (this.#readers.length === 0 || this.#now < this.#deadline) return;
    this.told.set(this.#readers.shift()!, `${this.#left()} (of ${this.futures.length}) futures unfinished`);
    this.close();
  }

  close(): void {
    this.#over = true;
    for (const each of this.#readers.splice(0)) this.told.set(each, 'done');
  }

  #left(): number {
    return this.futures.filter((each) => !complete.has(each)).length;
  }

  #match(): void {
    while (this.#readers.length > 0 && this.#ready.length > 0) {
      this.told.set(this.#readers.shift()!, String(this.#ready.shift()));
    }
    if (this.#left() === 0 && this.#readers.length > 0) this.close();
  }
}

test('as_completed gives each future once, in the order in which they are done, to its readers in theirs', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.constant(['next'] as const) },
    { weight: 1, arbitrary: fc.nat(3).map((seconds) => ['time', seconds] as const) },
    { weight: 8, arbitrary: event.map(([i, what]) => ['event', i, what] as const) },
  );
  const ending: fc.Arbitrary<Step[]> = fc.constantFrom([], [], [['close'], ['next']]);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 6 }),
      events,
      fc.array(fc.tuple(step, fc.boolean()), { maxLength: 30 }),
      ending,
      fc.constantFrom(null, null, 0, 1, 4),
      async (size, before, steps, end, timeout) => {
        complete = new Map();
        const futures = Array.from({ length: size }, () => new Future<unknown>());
        for (const [i, what] of before) if (futures[i]) apply(futures[i], what);
        const model = new Model(futures, timeout);
        const it = as_completed(futures, timeout);
        const told = new Map<number, string>();
        let nexts = 0;
        const play = ([kind, ...args]: Step): void => {
          if (kind === 'next') {
            const reader = nexts++;
            it.next().then(
              ({ value }) => told.set(reader, value ? String(futures.indexOf(value)) : 'done'),
              (error: unknown) => told.set(reader, (error as Error).message),
            );
            model.next();
          } else if (kind === 'time') {
            jest.advanceTimersByTime((args[0] as number) * 1000);
            model.time(args[0] as number);
          } else if (kind === 'close') {
            it.close();
            model.close();
          } else {
            const [i, what] = args as [number, Event];
            if (!futures[i]) return;
            const before = complete.has(futures[i]);
            apply(futures[i], what);
            if (!before && complete.has(futures[i])) model.completed(i);
          }
        };
        for (const [each, pause] of steps) {
          play(each);
          if (pause) await turn();
        }
        for (const each of end) play(each);
        await turn();
        expect(told).toEqual(model.told);
        it.close();
      },
    ),
    { numRuns: 500 },
  );
});
