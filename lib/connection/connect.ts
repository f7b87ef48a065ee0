import net, { type Socket } from 'node:net';
import { constants } from 'node:os';
import { blockingDepth } from '../engine/blocking';
import { Alarm } from '../engine/turns';
import { Eventual, go, type Course } from '../util/eventual';
import { osErrorOf } from '../util/os_error_of';
import { now, setTimeout } from '../util/timers';
import { connectNow } from './connect_now';
import { KEEP_ALIVE } from './open_server';
import type { Place } from './socket_address';
import { socketError } from './socket_error';

/** How often somebody is asked whose queue is full, in milliseconds: at first, and later. */
const SOON = 1;
const LATER = 50;

/**
 * A socket that is connected: on the event loop, or in a call that blocks this thread.
 *
 * @param deadline - on the clock of `now`; `Infinity`: never.
 */
export function connect(place: Place, deadline: number): Eventual<Socket> {
  if (blockingDepth() > 0) return Eventual.try(() => Eventual.of(connectNow(place, deadline)));
  return go(connectByLoop(place, deadline));
}

function* connectByLoop(place: Place, deadline: number): Course<Socket> {
  for (let pause = SOON; ; pause = Math.min(2 * pause, LATER)) {
    try {
      return yield* connectOnce(place, deadline);
    } catch (error) {
      // The queue of a path is full: who may block waits for room there, but node says so.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || now() > deadline) throw error;
      const waited = new Eventual<void>();
      setTimeout(() => {
        waited.settle();
      }, pause);
      yield* waited;
    }
  }
}

function connectOnce(place: Place, deadline: number): Eventual<Socket> {
  const connected = new Eventual<Socket>();
  const socket = net.connect({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
    ...(place.family === 'AF_UNIX'
      ? { path: place.path }
      : { host: place.host || 'localhost', port: place.port, family: place.family === 'AF_INET' ? 4 : 6 }),
  } as net.NetConnectOpts);
  const alarm = new Alarm(() => {
    socket.destroy();
    connected.fail(osErrorOf(constants.errno.ETIMEDOUT));
  }, true);
  if (deadline !== Infinity) alarm.set(Math.max(0, deadline - now()));
  const fail = (error: Error): void => {
    alarm.cancel();
    connected.fail(socketError(error));
  };
  socket.once('error', fail);
  socket.once('connect', () => {
    alarm.cancel();
    socket.off('error', fail);
    connected.settle(socket);
  });
  return connected;
}
