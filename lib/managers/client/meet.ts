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
export async function meet(home: Meeting): Promise<Line> {
  const { channel, greeting } = await accepted(home);
  if (greeting === GREETING) return new NodeLine(channel.link, home);
  const channels: Channels = {
    pack: packRequest,
    open: async () => (await accepted(home)).channel,
    ask: async (request) => {
      const bytes = packRequest(request);
      const once = await Channel.open(home);
      try {
        return await once.exchange(bytes);
      } finally {
        once.close();
      }
    },
  };
  return new PythonLine(channels, channel);
}

/** A connection that takes calls of methods. */
async function accepted(home: Meeting): Promise<{ readonly channel: Channel; readonly greeting: unknown }> {
  const channel = await Channel.open(home);
  try {
    const reply = await channel.exchange(packRequest(introduction()));
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
