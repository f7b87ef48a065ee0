import type { Exit } from '../engine/failure';
import { Grace } from '../engine/grace';
import { launcherOf, type StartMethod } from '../engine/launchers';
import type { Letter, Worker } from '../engine/worker';
import { inTurn, soon } from '../engine/turns';
import { hasEnded } from '../engine/zombie';
import { Peer } from '../reduction/sending';
import type * as Stacks from '../reduction/stacks';
import type { Encoded, Needs } from '../reduction/types';
import { Allowance } from '../util/allowance';
import { debug } from '../util/log';
import { nativeThread } from '../util/native_thread';
import { getParentWatch } from '../util/parent';
import { ToParent, ToWorker } from '../wire/protocol';
import { keepAlive } from './keep_alive';
import type { Ending } from './sentinels';
import type { EncodedWork } from './work';

/** How long one that is to end may take after SIGTERM, in milliseconds; then it is killed. */
const GRACE = 500;

const SIGNALS = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } as const;

export interface Launching {
  readonly method: StartMethod;
  readonly daemon: boolean;
  readonly identity: Encoded;
  readonly work: EncodedWork;
  /** Called when it is known that it has ended, perhaps more than once: before anybody is told. */
  readonly lost: () => void;
  /** Called once, when it has ended. */
  readonly ended: () => void;
}

/** One started process or thread. It speaks to its worker once, and then only waits for its end. */
export class Popen implements Ending {
  readonly #method: StartMethod;
  readonly #worker: Worker;
  readonly #lost: () => void;
  readonly #ended: () => void;
  readonly #watchers = new Set<() => void>();
  #release: (() => void) | null = null;
  #exit: Exit | null = null;
  /** What ended a thread, which itself knows no signals. */
  #signal: keyof typeof SIGNALS | null = null;
  readonly #grace = new Grace(() => {
    this.signal('SIGKILL');
  }, true);

  /** @throws OSError when the system refuses. */
  constructor({ method, daemon, identity, work, lost, ended }: Launching) {
    this.#method = method;
    this.#lost = lost;
    this.#ended = ended;
    this.#worker = launcherOf(method).launch(
      {
        messages: (messages) => {
          for (const [kind, question, stacks] of messages) {
            if (kind === ToParent.Stacks) this.#mapStacks(question as number, stacks as string[]);
          }
        },
        answering: () => undefined,
        drained: () => undefined,
        exited: (exit) => {
          this.#exited(exit);
        },
      },
      { serves: false, daemon, first: letterOf(identity, work) },
    );
  }

  get pid(): number {
    return this.#worker.pid;
  }

  /** Python's exit code; `null` while it runs. */
  poll(): number | null {
    if (this.#exit === null) {
      this.#exit = this.#worker.look();
      if (this.#exit === null) return null;
      // The system knows it before the event loop does.
      this.#lost();
    }
    const { exitcode } = this.#exit;
    if (this.#method === 'spawn') return exitcode;
    return this.#signal === null ? (exitcode ?? 0) & 0xff : -SIGNALS[this.#signal];
  }

  get ended(): boolean {
    return this.poll() !== null;
  }

  signal(signal: keyof typeof SIGNALS): void {
    if (this.ended) return;
    this.#signal ??= signal;
    this.#worker.signal(signal);
  }

  /** Ends it: asks, and after a while does not ask any more. */
  end(): void {
    if (this.ended) return;
    this.signal('SIGTERM');
    if (!this.#grace.isSet) this.#grace.set(GRACE, this.#place, true);
  }

  watch(notify: () => void): () => void {
    if (this.ended) {
      let wanted = true;
      soon(() => {
        if (wanted) notify();
      });
      return () => {
        wanted = false;
      };
    }
    // One that waits twice is told twice.
    const watcher = (): void => {
      notify();
    };
    this.#watchers.add(watcher);
    this.#hold();
    return () => {
      this.#watchers.delete(watcher);
      this.#hold();
    };
  }

  /** As `ended`, for when the event loop will not run again. Threads end with the loop. */
  hasEnded(): boolean {
    return this.#method !== 'spawn' || this.ended || hasEnded(this.pid);
  }

  /** The time that is left to it when it is told to end. */
  get allowance(): Allowance {
    return new Allowance(GRACE, this.#place, true);
  }

  get #place(): string | null {
    return this.#method === 'spawn' ? `/proc/${this.pid}` : null;
  }

  /** Does it still wait for what it is to do, which only the event loop can give it? */
  get isUntold(): boolean {
    return this.#worker.isSending;
  }

  #hold(): void {
    if (this.#watchers.size > 0) {
      this.#release ??= keepAlive();
    } else {
      this.#release?.();
      this.#release = null;
    }
  }

  #exited(exit: Exit): void {
    this.#exit = exit;
    debug(`process ${exit.tid ?? exit.pid} has ended: exitcode ${exit.exitcode}`);
    this.#grace.cancel();
    this.#lost();
    this.#ended();
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    this.#hold();
    inTurn(watchers, (notify) => {
      notify();
    });
  }

  /** It is about to print them, and waits. Where this process was sent its functions itself, its parent knows more. */
  #mapStacks(question: number, stacks: readonly string[]): void {
    this.#worker.send(`[${ToWorker.Stacks},${question}]`, []);
    const { mapStack } = require('../reduction/stacks') as typeof Stacks;
    const mapped = (getParentWatch()?.mapStacks(stacks) ?? stacks).map(mapStack);
    this.#worker.send(`[${ToWorker.Stacks},${question},${JSON.stringify(mapped)}]`, []);
  }
}

/** Who it is, and what it is to do. */
function letterOf(identity: Encoded, { fn, value }: EncodedWork): Letter {
  const messages: string[] = [];
  const blocks: Uint8Array[] = [];
  const peer = new Peer();
  const define = (needs: Needs | null): void => {
    const definitions = needs === null ? null : peer.pack(needs);
    if (definitions === null) return;
    messages.push(`[${ToWorker.Define},${definitions.text},${definitions.blocks.length}]`);
    blocks.push(...definitions.blocks);
  };
  messages.push(`[${ToWorker.Setup},${identity.codec},${identity.text},${identity.blocks.length}]`);
  blocks.push(...identity.blocks);
  define(fn?.needs ?? null);
  define(value.needs);
  messages.push(
    `[${ToWorker.Run},${fn?.id ?? -1},${value.codec},${value.text},${value.blocks.length},${nativeThread()}]`,
  );
  blocks.push(...value.blocks);
  return { messages: messages.join(), blocks };
}
