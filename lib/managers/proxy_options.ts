import type { Home } from './home';
import type { Registry } from './registry';

/** As much of a manager as its proxies need. */
export interface ManagerLike {
  readonly registry: Registry;
}

/** How a proxy is made. Users have theirs from managers. */
export interface ProxyOptions {
  /** The manager that it comes from, which lives at least as long; `null`: it has come from elsewhere. */
  readonly manager?: ManagerLike | null;
  /** @default the one of `current_process()` */
  readonly authkey?: Uint8Array | null;
  /** The methods that it has. @default those of its class */
  readonly exposed?: readonly string[] | null;
  /** Is it to be counted? Else the server has done so already. @default true */
  readonly incref?: boolean;
  /** Where its calls go. @default to the server at the address of its token @internal */
  readonly home?: Home;
}
