import { AssertionError, FileNotFoundError, ValueError } from '../../errors';
import type * as SharedMemories from '../../shared_memory';
import { debug } from '../../util/log';
import { repr } from '../../util/repr';

/** What a server with segments can be asked for beside {@link CONTROLS}: the words of Python's SharedMemoryServer. */
export type SegmentControl = 'track_segment' | 'release_segment' | 'list_segments';

/** The names of shared memory that ends with a server. */
export class Segments {
  readonly #names: string[] = [];

  /** Does what is asked. @throws AssertionError for other words; ValueError, FileNotFoundError for what is not there */
  control(method: unknown, [name]: readonly unknown[]): unknown {
    switch (method as SegmentControl) {
      case 'track_segment':
        if (typeof name !== 'string') throw new TypeError(`the name of a segment is text, not ${repr(name)}`);
        debug(`Register segment ${repr(name)} in pid ${process.pid}`);
        this.#names.push(name);
        return null;
      case 'release_segment':
        this.#destroy(name);
        return null;
      case 'list_segments':
        return [...this.#names];
      default:
        throw new AssertionError(`${repr(method)} unrecognized`);
    }
  }

  /** Unlinks them all; what somebody else has unlinked is gone already. */
  destroyAll(): void {
    for (const name of [...this.#names]) {
      try {
        this.#destroy(name);
      } catch (error) {
        if (!(error instanceof FileNotFoundError)) throw error;
      }
    }
  }

  #destroy(name: unknown): void {
    const index = this.#names.indexOf(name as string);
    if (index < 0) throw new ValueError('list.remove(x): x not in list');
    debug(`Destroy segment ${repr(name)} in pid ${process.pid}`);
    this.#names.splice(index, 1);
    const { SharedMemory } = require('../../shared_memory') as typeof SharedMemories;
    using segment = new SharedMemory(name as string);
    segment.unlink();
  }
}
