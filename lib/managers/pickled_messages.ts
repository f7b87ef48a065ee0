import { NotImplementedError } from '../errors';
import type { Reply, Request } from './messages';

/** Python's pickles are still to come. */
const refuse = (): never => {
  throw new NotImplementedError('servers and clients of Python cannot be spoken with yet');
};

export const packRequest: (request: Request) => Uint8Array = refuse;
export const packReply: (reply: Reply) => Uint8Array = refuse;
export const unpackRequest: (bytes: Buffer) => Request = refuse;
export const unpackReply: (bytes: Buffer) => Reply = refuse;
