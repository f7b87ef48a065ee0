import { nextTick } from './timers';

/** Reports an error where every error nobody handles is reported, from a stack of its own: nothing of ours is harmed. */
export function uncaught(error: unknown): void {
  nextTick(() => {
    throw error;
  });
}
