import { Eventual, eventually, go, type Course } from '../../util/eventual';
import type { Address } from '../address';
import type { Caller } from '../caller';
import { arriving, type Arrival, type Home, type Lane } from '../home';
import type { Reply, Request } from '../messages';
import { packReply, packRequest, unpackReply, unpackRequest } from '../native_messages';
import { callMethod } from './call_method';
import type { Objects } from './objects';

/**
 * Where the proxies live that a server holds of its own objects: in other objects of it. They need no connection, but
 * what they give and get are copies all the same.
 */
export class InnerHome implements Home {
  readonly address: Address;
  readonly authkey: string;
  readonly #objects: Objects;
  readonly #arrival: Arrival;
  readonly #caller: Caller = { name: 'the server itself', isEnded: false };

  constructor(objects: Objects, address: Address, authkey: string, arrival: Arrival) {
    this.#objects = objects;
    this.address = address;
    this.authkey = authkey;
    this.#arrival = arrival;
  }

  call(request: Request): Eventual<Reply> {
    return go(this.#calling(request));
  }

  *#calling(request: Request): Course<Reply> {
    const copy = this.#copy(packRequest(0, request), unpackRequest);
    const reply = yield* eventually(callMethod(this.#objects, this.address, this.#caller, copy));
    return this.#copy(packReply(0, reply), unpackReply);
  }

  /** The object itself, for objects that work with each other: a Condition with its lock. */
  objectOf(id: string): unknown {
    return this.#objects.get(id).object;
  }

  lane(): Lane {
    return { call: (request) => this.call(request), end: () => undefined };
  }

  incref(id: string): void {
    this.#objects.hold(id);
  }

  adopt(id: string): void {
    // Counted for a proxy in another process.
    this.#objects.hold(id);
    this.#objects.decref(id);
  }

  decref(id: string): Eventual<void> {
    this.#objects.letGo(id);
    return Eventual.of(undefined);
  }

  #copy<T>({ pieces }: { readonly pieces: readonly Uint8Array[] }, unpack: (bytes: Buffer) => T): T {
    return arriving(this.#arrival, () => unpack(Buffer.concat(pieces)));
  }
}
