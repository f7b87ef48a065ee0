/** Python's `multiprocessing.connection`. */
export { Client, type ClientOptions } from './client';
export { Connection } from './connection';
export { answer_challenge, deliver_challenge } from './handshake';
export { Listener, type ListenerOptions, type SocketOptions } from './listener';
export { Pipe } from './pipe';
export { wait } from './wait';
export type { BytesLike } from './bytes';
export type { Codec } from './codec';
export type { Address, Family } from './socket_address';
