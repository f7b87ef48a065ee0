import type { Eventual } from '../../util/eventual';
import type { Lane } from '../home';
import type { Reply, Request } from '../messages';

/** How one thread speaks to one server: over one connection for all its calls, or over several. */
export interface Line {
  /** Was it given up, at either end? */
  readonly isClosed: boolean;
  /** Does somebody wait for an answer? */
  readonly isBusy: boolean;
  call(request: Request): Eventual<Reply>;
  /** Asks the server itself. */
  control(request: Request): Eventual<Reply>;
  lane(): Lane;
  close(): void;
}
