import type { Course } from '../../util/eventual';
import { getCurrentProcess } from '../../util/current';
import { getCurrentThread } from '../../util/current_thread';
import { Kind, errorOf, type Request } from '../messages';
import { GREETING } from '../native_messages';
import { packRequest } from '../pickled_messages';
import { Channel, type Channels, type Meeting } from './channel';
import type { Line } from './line';
import { NodeLine } from './node_line';
import { PythonLine } from './python_line';

/**
 * Connects to a server for the first time, and finds out what it is.
 *
 * @throws ConnectionRefusedError, FileNotFoundError when nobody is there.
 * @throws AuthenticationError for a wrong key.
 */
export function* meet(home: Meeting): Course<Line> {
  const { channel, greeting } = yield* accepted(home);
  if (greeting === GREETING) return new NodeLine(channel.link, home);
  const channels: Channels = {
    pack: packRequest,
    *open() {
      return (yield* accepted(home)).channel;
    },
    *ask(request) {
      const bytes = packRequest(request);
      const once = yield* Channel.open(home);
      try {
        return yield* once.exchange(bytes, request.facade);
      } finally {
        once.close();
      }
    },
  };
  return new PythonLine(channels, channel);
}

/** A connection that takes calls of methods. */
function* accepted(home: Meeting): Course<{ readonly channel: Channel; readonly greeting: unknown }> {
  const channel = yield* Channel.open(home);
  try {
    const reply = yield* channel.exchange(packRequest(introduction()));
    if (reply.kind !== Kind.Return) throw errorOf(reply);
    return { channel, greeting: reply.value };
  } catch (error) {
    channel.close();
    throw error;
  }
}

/** As Python's threads introduce themselves. */
function introduction(): Request {
  const thread = getCurrentThread().name;
  const { name } = getCurrentProcess();
  const who = thread === 'MainThread' ? name : `${name}|${thread}`;
  return { ident: null, method: 'accept_connection', args: [who], kwds: {} };
}
