import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { CodecId, Definitions } from '../../lib/reduction/types';

/** What a case needs of a pool. */
export interface CasePool {
  apply<A extends readonly unknown[], R>(f: (...args: A) => R | Promise<R>, args?: A): Promise<R>;
  map<T, R>(f: (x: T) => R | Promise<R>, xs: readonly T[]): Promise<R[]>;
}

export type MakePool = (options?: { initializer?: (...args: never[]) => unknown; initargs?: readonly unknown[] }) => CasePool;

interface Reduction {
  encodeList: typeof import('../../lib/reduction/sending').encodeList;
  encodeFunction: typeof import('../../lib/reduction/sending').encodeFunction;
  Peer: typeof import('../../lib/reduction/sending').Peer;
  decodeResult: typeof import('../../lib/reduction/receiving').decodeResult;
  decodeThrown: typeof import('../../lib/reduction/errors').decodeThrown;
}

interface Reply {
  id: number;
  ok: boolean;
  codec: CodecId;
  text: string;
  blocks: Uint8Array[];
}

/** A pool of one worker over the compiled library, for as long as there is no other. */
export class MiniPool implements CasePool {
  readonly #lib: Reduction;
  readonly #child: ChildProcess;
  readonly #peer: InstanceType<Reduction['Peer']>;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  readonly ready: Promise<unknown> = Promise.resolve();
  #next = 0;

  constructor(options: { initializer?: ((...args: never[]) => unknown) | undefined; initargs?: readonly unknown[] | undefined } = {}) {
    const root = join(__dirname, '../../dist/lib/reduction');
    this.#lib = { ...require(join(root, 'sending.js')), ...require(join(root, 'receiving.js')), ...require(join(root, 'errors.js')) } as Reduction;
    this.#peer = new this.#lib.Peer();
    this.#child = fork(join(__dirname, 'mini_worker.cjs'), [], {
      execArgv: [],
      serialization: 'advanced',
      env: { ...process.env, NODE_OPTIONS: '', MP_LIB: join(root, '..') },
    });
    this.#child.on('message', (message) => this.#onReply(message as Reply));
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the worker ended with ${code}`));
    });
    if (options.initializer !== undefined) {
      this.ready = this.apply(options.initializer as (...args: unknown[]) => unknown, [...(options.initargs ?? [])]);
    }
  }

  #onReply({ id, ok, codec, text, blocks }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    try {
      if (ok) waiting?.resolve(this.#lib.decodeResult(codec, JSON.parse(text), blocks));
      else waiting?.reject(this.#lib.decodeThrown(codec, JSON.parse(text), blocks));
    } catch (error) {
      waiting?.reject(error);
    }
  }

  async apply<A extends readonly unknown[], R>(f: (...args: A) => R | Promise<R>, args?: A): Promise<R> {
    const call = this.#lib.encodeFunction(f);
    const list = this.#lib.encodeList(args ?? []);
    const defs = [call.needs, list.needs].flatMap((needs) => {
      const packed: Definitions | null = needs === null ? null : this.#peer.pack(needs);
      return packed === null ? [] : [packed];
    });
    const id = this.#next++;
    return new Promise<R>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#child.send({ id, f: call.id, args: { codec: list.codec, text: list.text, blocks: list.blocks }, defs });
    });
  }

  async map<T, R>(f: (x: T) => R | Promise<R>, xs: readonly T[]): Promise<R[]> {
    return Promise.all(xs.map((x) => this.apply(f, [x])));
  }

  close(): void {
    this.#child.kill();
  }
}
