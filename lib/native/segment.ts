import { ReadableStream } from 'node:stream/web';
import { libc } from './libc';

interface Place {
  readonly address: bigint;
  readonly length: number;
}

/** Once nobody can reach a buffer any more, its addresses are free for others. */
const unreachable = new FinalizationRegistry<Place>(({ address, length }) => {
  libc().munmap(address, length);
});

/**
 * A file in this thread's memory, until it is closed.
 *
 * Views of the memory may live longer than that, and somebody in node may be reading into one right now. So closing
 * gives the file back at once and leaves the views without a length; but the addresses are used again only when the
 * last view is gone.
 */
export class Segment {
  readonly buffer: ArrayBuffer;
  readonly #place: Place;
  #isOpen = true;

  /** Not to be called: see {@link Segment.map}. */
  constructor(place: Place) {
    this.#place = place;
    this.buffer = libc().view(place.address, place.length);
    unreachable.register(this.buffer, place);
  }

  /** `null` when there are no addresses left. */
  static map(fd: number, length: number): Segment | null {
    const address = libc().mmap(length, fd);
    return address === null ? null : new Segment({ address, length });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    libc().replace(this.#place.address, this.#place.length);
    detach(this.buffer);
  }
}

/**
 * Takes the memory away from a buffer and its views. Node lets nobody transfer memory that is not of its own making;
 * streams of bytes transfer what they are given in any case.
 */
function detach(buffer: ArrayBuffer): void {
  let give: ((view: Uint8Array) => void) | null = null;
  const stream = new ReadableStream({
    type: 'bytes',
    start(controller) {
      give = (view) => {
        controller.enqueue(view);
      };
    },
  });
  try {
    (give as unknown as (view: Uint8Array) => void)(new Uint8Array(buffer));
  } catch {
    // Then they go on reading what was put in its place.
  }
  void stream.cancel();
}
