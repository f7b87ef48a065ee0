import { getCurrentThread } from '../util/current_thread';
import { nativeThread } from '../util/native_thread';

/** What a thread can be asked of itself. */
export interface ThreadHandle {
  /** `MainThread`, or `Thread-1 (worker)` and so on in a thread of a pool. */
  readonly name: string;
  /** A number that no other living thread of this process has; never 0. In a worker thread it is node's `threadId`. */
  readonly ident: number;
  /** The system's number of the thread; `null` where only the system knows it (anywhere but on Linux). */
  readonly native_id: number | null;
  /** Threads of a pool are daemonic: they do not keep the process alive. */
  readonly daemon: boolean;
  is_alive(): boolean;
}

/**
 * Python's `threading.current_thread`: the thread that asks.
 *
 * In the main thread of a process, a worker process as well, its name is `MainThread`.
 *
 * @example
 * await new ThreadPool(1).apply(() => current_thread().name); // 'Thread-1 (worker)'
 */
export function current_thread(): ThreadHandle {
  const { name, ident, daemon } = getCurrentThread();
  return { name, ident, native_id: get_native_id(), daemon, is_alive: () => true };
}

/** Python's `threading.get_ident`: `current_thread().ident`. */
export function get_ident(): number {
  return getCurrentThread().ident;
}

/** Python's `threading.get_native_id`; `null` where it cannot be known. */
export function get_native_id(): number | null {
  return nativeThread() || null;
}

/** What ported scripts use of Python's `threading`: `threading.current_thread().name`. */
export const threading = { current_thread, get_ident, get_native_id } as const;
