let count = 0;

/** Numbers the children of this process, whatever started them: Python's names go by one counter. */
export function nextProcessNumber(): number {
  return ++count;
}
