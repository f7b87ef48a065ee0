/** Python's `multiprocessing.connection`. */
export { Client } from './client';
export type { ClientOptions } from './connecting';
export { Connection } from './connection';
export { answer_challenge, deliver_challenge } from './handshake';
export { Listener } from './listener';
export type { ListenerOptions, SocketOptions } from './listener_core';
export { Pipe } from './pipe';
export { wait } from './wait';
export type { BytesLike } from './bytes';
export type { Codec } from './codec';
export type { Address, Family } from './socket_address';
