/** How a thread tells the others who it is, and how they find out whether it lives. */
export interface Lives {
  /** The number of this thread, above 0. */
  readonly own: number;
  /** Whoever else has that number is dead. */
  readonly isUnique: boolean;
  /**
   * When the thread of this number was started, or any other word that numbers which are used again differ by; `null`:
   * there is no such thread, or it is dead; `undefined`: that cannot be told, as no more files can be opened.
   */
  startOf(number: number): number | null | undefined;
}
