import { signature } from '../util/keywords';
import type { Channel } from './channel';
import { End } from './end';
import { PipeChannel } from './pipe_channel';

const bind = signature({ name: 'Pipe', defaults: (): { duplex: unknown } => ({ duplex: true }) });

/** Both ends of a new pipe, as connections of this class. @param args - those of `Pipe`. */
export function makePipe<C>(
  Class: new (channel: Channel, readable: boolean, writable: boolean) => C,
  args: readonly unknown[],
): [C, C] {
  const duplex = Boolean(bind(args).duplex);
  const [first, second] = End.pair(duplex);
  return [new Class(new PipeChannel(first), true, duplex), new Class(new PipeChannel(second), duplex, true)];
}
