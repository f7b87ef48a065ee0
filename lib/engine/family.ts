import type { ChildProcess } from 'node:child_process';

/**
 * The live children of this process. When it ends in an orderly way (the loop
 * is empty, `process.exit`, an uncaught error), they end with it, even those
 * that are in the middle of a synchronous function. When it is killed, they see
 * the end of their channel.
 */
class Family {
  readonly #children = new Set<ChildProcess>();
  #listening = false;

  add(child: ChildProcess): void {
    this.#children.add(child);
    if (this.#listening) return;
    this.#listening = true;
    process.once('exit', () => {
      for (const member of this.#children) member.kill('SIGKILL');
    });
  }

  delete(child: ChildProcess): void {
    this.#children.delete(child);
  }
}

export const family = new Family();
