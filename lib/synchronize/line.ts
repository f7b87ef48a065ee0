import { arena } from '../native/arena';

/** Words of a line, from where it begins in its block. */
const HEAD = 0;
const TAIL = 1;
const LENGTH = 2;

/** Words of a place. */
const NEXT = 0;
const TOKEN = 1;
const TOLD = 2;
const PLACE_BYTES = 64;

/** Where somebody stands who waits: a small block, named by its granule. Nobody: 0. */
export class Place {
  readonly name: number;
  readonly words: Int32Array;

  /** Not to be called: see {@link Place.make} and {@link Place.at}. */
  constructor(name: number) {
    this.name = name;
    this.words = arena().mapping.words(name * PLACE_BYTES, PLACE_BYTES / 4);
  }

  static make(): Place {
    const place = new Place(arena().heap.allocate(PLACE_BYTES) / PLACE_BYTES);
    place.words.fill(0);
    Atomics.store(place.words, TOKEN, arena().slots.token);
    return place;
  }

  static at(name: number): Place {
    return new Place(name);
  }

  get token(): number {
    return Atomics.load(this.words, TOKEN);
  }

  /** What it was told; 0: it waits. */
  get told(): number {
    return Atomics.load(this.words, TOLD);
  }

  /** Only when it stands in no line. */
  free(): void {
    arena().heap.free(this.name * PLACE_BYTES, PLACE_BYTES);
  }
}

/**
 * Who waits, in the order in which they came, in shared memory. Only one thread at a time may touch it: whoever has it
 * holds a lock. Each step can be its last, as it may be killed: then {@link Line.mend} comes before the next.
 *
 * A place leaves the line in the same breath as it is told something, so whoever was told stands in no line.
 */
export class Line {
  readonly #words: Int32Array;
  readonly #at: number;

  /** @param at - the first of its three words. */
  constructor(words: Int32Array, at: number) {
    this.#words = words;
    this.#at = at;
  }

  #get(word: number): number {
    return Atomics.load(this.#words, this.#at + word);
  }

  #set(word: number, value: number): void {
    Atomics.store(this.#words, this.#at + word, value);
  }

  get length(): number {
    return this.#get(LENGTH);
  }

  /** The token of who came last; 0: nobody is there. */
  get last(): number {
    return this.#get(HEAD) === 0 ? 0 : Place.at(this.#get(TAIL)).token;
  }

  join(place: Place): void {
    if (this.#get(HEAD) === 0) this.#set(HEAD, place.name);
    else Atomics.store(Place.at(this.#get(TAIL)).words, NEXT, place.name);
    this.#set(TAIL, place.name);
    this.#set(LENGTH, this.length + 1);
  }

  /** Takes a place out of the line, if it is still there. */
  leave(place: Place): void {
    if (place.told !== 0) return;
    let before: Place | null = null;
    for (const each of this.#places()) {
      if (each.name === place.name) {
        this.#unlink(each, before);
        return;
      }
      before = each;
    }
  }

  /**
   * Tells the first so many of those who live. The dead are taken out of the line.
   *
   * @returns the tokens of who was told.
   */
  tell(count: number, what: number): number[] {
    const told: number[] = [];
    for (const place of this.#places()) {
      if (told.length >= count) break;
      const { token } = place;
      if (arena().slots.isAlive(token)) {
        told.push(token);
        Atomics.store(place.words, TOLD, what);
        this.#unlink(place, null);
      } else {
        this.#unlink(place, null);
        place.free();
      }
    }
    return told;
  }

  /** Tells all, be they alive or not. */
  tellAll(what: number): void {
    for (const place of this.#places()) Atomics.store(place.words, TOLD, what);
    this.#set(HEAD, 0);
    this.#set(LENGTH, 0);
  }

  /** After a death in the middle of a step: whoever was told leaves, and the rest is counted anew. */
  mend(): void {
    let before: Place | null = null;
    let length = 0;
    for (const place of this.#places()) {
      if (place.told === 0) {
        before = place;
        length++;
      } else if (before === null) this.#set(HEAD, this.#next(place));
      else Atomics.store(before.words, NEXT, this.#next(place));
    }
    this.#set(TAIL, before?.name ?? 0);
    this.#set(LENGTH, length);
  }

  #next(place: Place): number {
    return Atomics.load(place.words, NEXT);
  }

  *#places(): Generator<Place, void> {
    for (let name = this.#get(HEAD); name !== 0;) {
      const place = Place.at(name);
      // Before it is used for something else.
      name = this.#next(place);
      yield place;
    }
  }

  #unlink(place: Place, before: Place | null): void {
    const next = this.#next(place);
    if (before === null) this.#set(HEAD, next);
    else Atomics.store(before.words, NEXT, next);
    if (next === 0) this.#set(TAIL, before?.name ?? 0);
    this.#set(LENGTH, this.length - 1);
  }
}
