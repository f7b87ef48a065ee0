import type { Decoder, Source } from './graph/decode';
import { Tag, type Form } from './graph/forms';

/** The members of classes that are set from outside, in the place of those that their texts made. */
export class Members {
  /** What the texts made, for when a replaced one is put back. */
  readonly #originals = new Map<string, PropertyDescriptor | undefined>();

  set(
    place: string,
    holder: object,
    key: PropertyKey,
    form: readonly Form[],
    decoder: Decoder,
    source: Source,
  ): void {
    const [tag, ...rest] = form;
    if (!this.#originals.has(place)) this.#originals.set(place, Object.getOwnPropertyDescriptor(holder, key));
    if (tag === Tag.Property) Object.defineProperty(holder, key, decoder.property(rest, source));
    else if (tag === Tag.Value)
      (holder as Record<PropertyKey, unknown>)[key] = decoder.value(rest[0] as Form, source);
    else {
      const original = tag === Tag.Original ? this.#originals.get(place) : undefined;
      if (original === undefined) Reflect.deleteProperty(holder, key);
      else Object.defineProperty(holder, key, original);
    }
  }
}
