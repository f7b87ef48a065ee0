import { Alarm } from '../engine/turns';
import { AuthenticationError } from '../errors';
import type { Course } from '../util/eventual';
import { signature } from '../util/keywords';
import { checkSeconds } from '../util/timeout';
import { now } from '../util/timers';
import { checkCodec, picklerFor } from './codec';
import { connect } from './connect';
import { shakeHands, wireOf } from './handshake';
import {
  checkAuthkey,
  checkLength,
  SOCKET_DEFAULTS,
  SOCKET_KEYWORDS,
  type SocketDefaults,
  type SocketOptions,
} from './listener_core';
import { addressType, checkFamily, placeOf, type Family } from './socket_address';
import { SocketChannel } from './socket_channel';

/** What `Client` can be given by keyword. */
export interface ClientOptions extends SocketOptions {
  readonly family?: Family | null;
  readonly authkey?: Uint8Array | null;
}

const bind = signature({
  name: 'Client',
  defaults: (): {
    address: unknown;
    family: unknown;
    authkey: unknown;
  } & SocketDefaults => ({
    address: null,
    family: null,
    authkey: null,
    ...SOCKET_DEFAULTS,
  }),
  required: 1,
  keywordOnly: SOCKET_KEYWORDS,
});

/** What `Client` does, whoever waits for it. @param args - those of the call. */
export function* connecting(args: readonly unknown[]): Course<SocketChannel> {
  const { address, family, authkey, timeout, maxlength, codec } = bind(args);
  const place = placeOf(address, checkFamily(family ?? addressType(address)));
  const key = checkAuthkey(authkey);
  const longest = checkLength(maxlength);
  const wish = checkCodec(codec);
  const seconds = checkSeconds(timeout);
  const deadline = seconds === null ? Infinity : now() + seconds * 1000;

  const socket = yield* connect(place, deadline);
  const channel = new SocketChannel(socket, picklerFor(wish, false), longest, false);
  if (key === null) return channel;
  const late = { is: false };
  const alarm = new Alarm(() => {
    late.is = true;
    channel.close();
  }, true);
  if (seconds !== null) alarm.set(Math.max(0, deadline - now()));
  try {
    channel.isFamily = yield* shakeHands(wireOf(channel), key, 'client');
    channel.pickler = picklerFor(wish, channel.isFamily);
    return channel;
  } catch (cause) {
    channel.close();
    if (!late.is) throw cause;
    const text = `the listener has not authenticated this client within ${seconds ?? 0} s: has it an authkey?`;
    throw new AuthenticationError(text, { cause });
  } finally {
    alarm.cancel();
  }
}
