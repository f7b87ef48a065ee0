import { EOFError } from '../errors';
import type { Channel } from './channel';
import { brokenPipe } from './errors';

/** What has come of a pipe that was gone before it came. */
export class DeadChannel implements Channel {
  readonly isReady = true;

  send(): Promise<void> {
    return Promise.reject(brokenPipe());
  }

  sendSync(): never {
    throw brokenPipe();
  }

  receive(): Promise<never> {
    return Promise.reject(new EOFError());
  }

  receiveSync(): never {
    throw new EOFError();
  }

  poll(): Promise<boolean> {
    return Promise.resolve(true);
  }

  pollSync(): boolean {
    return true;
  }

  watch(): () => void {
    return () => undefined;
  }

  close(): void {
    // It holds nothing.
  }
}
