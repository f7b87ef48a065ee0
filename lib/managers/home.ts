import type { Address } from './address';
import type { Eventual } from '../util/eventual';
import type { Reply, Request } from './messages';
import type { FacadeName } from './facade_name';

/** Calls that are served in their order, in the name of one caller where that is a connection. */
export interface Lane {
  call(request: Request): Eventual<Reply>;
  /** No more calls: what it held may serve others. */
  end(): void;
}

/** Where a shared object lives, as its proxies in one thread see it. Replies are as they came. */
export interface Home {
  readonly address: Address;
  /** What its server asks for, in hex. */
  readonly authkey: string;
  call(request: Request): Eventual<Reply>;
  lane(): Lane;
  /** One more proxy: the server is told of it. If it knows no such object, the calls that come will say so. */
  incref(id: string): void;
  /** One more proxy, which the server has counted already. */
  adopt(id: string): void;
  /** One less. Resolves when the server knows. */
  decref(id: string): Eventual<void>;
}

/** What is known of whoever sent what is being decoded. */
export interface Arrival {
  /** Where to find what lives at this address, if it is known better than by the address; `null`: it is not. */
  homeOf(address: Address): Home | null;
  /** Whose proxies are to be made, if not those that were sent. */
  readonly facade?: FacadeName;
}

let arrival: Arrival | null = null;

export const currentArrival = (): Arrival | null => arrival;

/** From there, and for proxies of this facade. */
export const from = (arrival: Arrival, facade: FacadeName = 'async'): Arrival => ({
  homeOf: (address) => arrival.homeOf(address),
  facade,
});

/** Decodes what has come from somewhere: the proxies in it are made with that in mind. */
export function arriving<T>(from: Arrival, decode: () => T): T {
  const before = arrival;
  arrival = from;
  try {
    return decode();
  } finally {
    arrival = before;
  }
}
