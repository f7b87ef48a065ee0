import type { Lane } from '../home';
import type { Reply, Request } from '../messages';

/** How one thread speaks to one server: over one connection for all its calls, or over several. */
export interface Line {
  /** Was it given up, at either end? */
  readonly isClosed: boolean;
  call(request: Request): Promise<Reply>;
  /** Asks the server itself. */
  control(request: Request): Promise<Reply>;
  lane(): Lane;
  close(): void;
}
