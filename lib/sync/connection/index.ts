/** Python's `multiprocessing.connection`, with calls that block. */
import { checkBlocking } from '../../engine/blocking';

export { Client } from './client';
export { Connection } from './connection';
export { answer_challenge, deliver_challenge } from './handshake';
export { Listener } from './listener';
export { Pipe } from './pipe';
export { wait } from './wait';
export type { BytesLike } from '../../connection/bytes';
export type { Codec } from '../../connection/codec';
export type { ClientOptions } from '../../connection/connecting';
export type { ListenerOptions, SocketOptions } from '../../connection/listener_core';
export type { Address, Family } from '../../connection/socket_address';

checkBlocking();
