import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { Receiver } from '../../../lib/reduction/receiving';
import { decodeThrown, encodeThrown } from '../../../lib/reduction/errors';
import { decodeResult } from '../../../lib/reduction/results';
import { encodeArguments, encodeFunction, Peer } from '../../../lib/reduction/sending';
import { isMoved } from '../../../lib/reduction/transfer';
import type { Encoded } from '../../../lib/reduction/types';
import { encodeOneResult } from '../../../workers/replies';

interface Post {
  readonly json: unknown;
  readonly blocks: readonly Uint8Array[];
}

/** What a thread gets of a message: everything that node does on the way. */
export function post(text: string, blocks: readonly Uint8Array[]): Post {
  const { port1, port2 } = new MessageChannel();
  const moved = blocks.filter(isMoved).map(({ buffer }) => buffer as ArrayBuffer);
  port1.postMessage([text, ...blocks], moved);
  const { message } = receiveMessageOnPort(port2) as { message: [string, ...Uint8Array[]] };
  port1.close();
  return { json: JSON.parse(message[0]), blocks: message.slice(1) as Uint8Array[] };
}

/** A thread without a thread: what it is sent, and what it says, goes through a real port. */
export class Thread {
  readonly #peer = new Peer();
  readonly #receiver = new Receiver();

  /** What `f` returns there, as it is there. */
  run<A extends unknown[], R>(f: (...args: A) => R, ...args: A): R {
    const { id, needs } = encodeFunction(f, true);
    const value = encodeArguments(args, true);
    this.#define(needs);
    if (value.needs !== null) this.#define(value.needs);
    const { json, blocks } = post(value.text, value.blocks);
    const list = this.#receiver.decode(value.codec, json, blocks) as A;
    return this.#receiver.function(id)(...list) as R;
  }

  /** What `f` returns there, as it is here when it has come back. */
  call<A extends unknown[], R>(f: (...args: A) => R, ...args: A): R {
    return returned(this.run(f, ...args));
  }

  #define(needs: Parameters<Peer['pack']>[0]): void {
    const definitions = this.#peer.pack(needs);
    if (definitions === null) return;
    const { json, blocks } = post(definitions.text, definitions.blocks);
    this.#receiver.define(json, blocks);
  }
}

/** What a thread returns, as it is here. */
export const returned = <R>(result: R): R => read(encodeOneResult(result, true), decodeResult) as R;

/** What a thread throws, as it is here. */
export const thrown = (error: unknown): unknown => read(encodeThrown(error, true), decodeThrown);

function read(encoded: Encoded, decode: typeof decodeResult): unknown {
  const { json, blocks } = post(encoded.text, encoded.blocks);
  return decode(encoded.codec, json, blocks);
}
