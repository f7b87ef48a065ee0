import type { ConnectionCore } from './connection_core';

/** The numbers of connections: far above those of open files, and below those of sentinels. */
let next = 2 ** 29;

const connections = new Map<number, WeakRef<ConnectionCore>>();
const dropped = new FinalizationRegistry<number>(strike);

/** Gives a connection its number. */
export function enroll(connection: ConnectionCore): number {
  const fileno = next++;
  connections.set(fileno, new WeakRef(connection));
  dropped.register(connection, fileno);
  return fileno;
}

/** The number stands for nothing any more. */
export function strike(fileno: number): void {
  connections.delete(fileno);
}

export const connectionOf = (fileno: number): ConnectionCore | null =>
  connections.get(fileno)?.deref() ?? null;
