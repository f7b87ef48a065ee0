/**
 * What a task has printed is out when its result is sent. Node writes to a pipe
 * in the background, as far as the pipe is full: what is left would be lost when
 * the pool is terminated, which is how most pools end.
 */
export function printAtOnce(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const property = Object.getOwnPropertyDescriptor(process, name);
    if (property?.get === undefined) continue;
    const get = property.get.bind(process) as () => NodeJS.WriteStream;
    let stream: NodeJS.WriteStream | null = null;
    const first = (): NodeJS.WriteStream => {
      const made = get();
      // Pipes and sockets have it; files and terminals are written at once anyway.
      (made as { _handle?: { setBlocking?: (on: boolean) => void } | null })._handle?.setBlocking?.(true);
      return made;
    };
    // The stream is made when it is first used, as ever: that takes time.
    Object.defineProperty(process, name, { ...property, get: () => (stream ??= first()) });
  }
}
