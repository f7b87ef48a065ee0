/**
 * Who may start a call that lies in a worker's queue: the worker, or the
 * parent, who wants to give it to somebody else? Both must be able to decide
 * while the worker is in the middle of a synchronous function, so a question
 * by message will not do.
 *
 * Each call is claimed before it is started, and each claim is had once. The
 * worker takes claims from the front of its queue, the parent from the back:
 * whoever takes the last one, both know where they meet.
 */
export interface Claims {
  /** The parent: `n` more calls may be claimed. Must be called before they are sent. */
  add(n: number): void;
  /** Takes up to `n` claims and says how many it got. */
  take(n: number): number;
}
