/** What a proxy stands for, where that is in this very server; anything else as it is. */
export function referentOf(value: unknown): unknown {
  return value;
}
