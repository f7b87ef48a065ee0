import * as promising from 'multiprocessing-ts';
import * as doors from 'multiprocessing-ts/connection';
import * as sync from 'multiprocessing-ts/sync/connection';
import { METHODS, type Method } from '../process/support';
import { inClothes, inSlices, LATE, turn } from '../slices';
import type { Facade } from '../support';

/** Pipes of one facade, as those that promise are seen. */
export interface Pipes {
  readonly facade: Facade;
  readonly Pipe: typeof promising.Pipe;
  readonly wait: typeof doors.wait;
  readonly Connection: typeof doors.Connection;
  /** How processes are started that use them: of the second facade one way says it all. */
  readonly methods: readonly Method[];
}

type Methods = Parameters<typeof inClothes>[1];

const poll = (self: object, seconds: number): boolean => sync.Connection.prototype.poll.call(self, seconds);

/** Are these arguments that no connection takes? */
const isRefused = ([first, second]: unknown[]): boolean =>
  [first, second].some((each) => typeof each === 'number' && each < 0) ||
  (typeof second === 'number' && second > (first as Buffer).length);

/** Receives when there is something: what blocks for a message has no timeout. */
const receive: Methods[string] = async (self, bare, args) => {
  const { readable, closed } = self as sync.Connection;
  if (readable && !closed && !isRefused(args))
    await inSlices((seconds) => (poll(self, seconds) ? null : LATE), null);
  return bare.apply(self, args);
};

/** Nothing tells it to give up: only to be called where there is room, or somebody else makes some. */
const send: Methods[string] = async (self, bare, args) => {
  await turn();
  return bare.apply(self, args);
};

const Connection = inClothes(sync.Connection, {
  send,
  send_bytes: send,
  recv: receive,
  recv_bytes: receive,
  recv_bytes_into: receive,
  async poll(self, bare, args) {
    const [timeout = 0] = args;
    await turn();
    if (timeout !== null && (typeof timeout !== 'number' || timeout <= 0)) return bare.apply(self, args);
    return (await inSlices((seconds) => (poll(self, seconds) ? true : LATE), timeout)) === true;
  },
});

const Pipe = (duplex: boolean): unknown =>
  sync.Pipe(duplex).map((connection) => Object.setPrototypeOf(connection, Connection.prototype) as unknown);

async function wait(objects: Iterable<sync.Connection>, timeout: number | null = null): Promise<unknown> {
  const list = [...objects];
  await turn();
  if (list.length === 0 || (timeout !== null && timeout <= 0)) return sync.wait(list, timeout);
  const ready = await inSlices((seconds) => {
    const found = sync.wait(list, seconds);
    return found.length > 0 ? found : LATE;
  }, timeout);
  return ready === LATE ? [] : ready;
}

export const FACADES: readonly Pipes[] = [
  {
    facade: 'async',
    Pipe: promising.Pipe,
    wait: doors.wait,
    Connection: doors.Connection,
    methods: METHODS,
  },
  { facade: 'sync', Pipe, wait, Connection, methods: ['spawn'] } as unknown as Pipes,
];
