import { arena } from '../native/arena';
import { RuntimeError } from '../util/exceptions';

/** Who can hold one end at once, messages that it is part of included. */
const MOST = 236;
/** Words of a claim: the thread that makes it, and the number of the message, 0 for what it holds itself. */
const CLAIM_WORDS = 2;

/** Words of the claims on one end. */
export const CLAIMS_WORDS = 16 + MOST * CLAIM_WORDS;
/** Nobody holds it, and so nobody ever will again. */
const GONE = 0;
/** The number of the last message that it was part of. */
const LAST = 1;
/** Claims from this one on were never made. */
const USED = 2;
const FIRST = 16;

/**
 * Who holds one end of a pipe. A thread holds it as long as it has a connection that is not closed; what it has sent
 * away and nobody has received yet it holds too, until it dies. To be used under the lock of the pipe, except
 * {@link Claims.areGone}.
 */
export class Claims {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  get areGone(): boolean {
    return Atomics.load(this.#words, GONE) !== 0;
  }

  /** This thread holds the end. */
  hold(): void {
    const { token } = arena().slots;
    if (this.#find(token, 0) === null) this.#add(token, 0);
  }

  release(): void {
    this.#remove(this.#find(arena().slots.token, 0));
  }

  /** It is part of a message from now on: the number of that. */
  send(): number {
    const ticket = ((this.#words[LAST] as number) + 1) & 0x7fffffff || 1;
    this.#words[LAST] = ticket;
    this.#add(arena().slots.token, ticket);
    return ticket;
  }

  /** The message never comes, if it has not come yet. */
  lose(ticket: number): void {
    this.#remove(this.#find(arena().slots.token, ticket));
  }

  /** The message has come: this thread holds it. */
  receive(ticket: number): void {
    this.hold();
    this.#remove(this.#find(null, ticket));
  }

  /** Looks whether somebody holds it; whoever has died does not. Once nobody does, it is gone. */
  look(): boolean {
    let held = false;
    for (let at = FIRST; at < this.#end; at += CLAIM_WORDS) {
      const token = this.#words[at] as number;
      if (token === 0) continue;
      if (held || arena().slots.isAlive(token)) held = true;
      else this.#remove(at);
    }
    if (!held) Atomics.store(this.#words, GONE, 1);
    return held;
  }

  get #end(): number {
    return FIRST + (this.#words[USED] as number) * CLAIM_WORDS;
  }

  #find(token: number | null, ticket: number): number | null {
    for (let at = FIRST; at < this.#end; at += CLAIM_WORDS) {
      if (this.#words[at] === 0 || this.#words[at + 1] !== ticket) continue;
      if (token === null || this.#words[at] === token) return at;
    }
    return null;
  }

  #add(token: number, ticket: number): void {
    const at = this.#free();
    this.#words[at + 1] = ticket;
    this.#words[at] = token;
  }

  #free(): number {
    const words = this.#words;
    for (const reaping of [false, true]) {
      for (let at = FIRST; at < this.#end; at += CLAIM_WORDS) {
        if (reaping && !arena().slots.isAlive(words[at] as number)) this.#remove(at);
        if (words[at] === 0) return at;
      }
      if ((words[USED] as number) < MOST) {
        const at = this.#end;
        words[USED] = (words[USED] as number) + 1;
        return at;
      }
    }
    // What was sent first and has never come will not come any more.
    let oldest: number | null = null;
    for (let at = FIRST; at < this.#end; at += CLAIM_WORDS) {
      const ticket = words[at + 1] as number;
      if (ticket !== 0 && (oldest === null || ticket < (words[oldest + 1] as number))) oldest = at;
    }
    if (oldest === null) throw new RuntimeError(`more than ${MOST} processes hold one end of a pipe`);
    return oldest;
  }

  #remove(at: number | null): void {
    if (at !== null) this.#words[at] = 0;
  }
}
