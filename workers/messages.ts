import { CallFlag, ToWorker, type Message } from '../lib/wire/protocol';

/** May the parent take this call back? */
export function isClaimable(message: Message): boolean {
  return message[0] === ToWorker.Call && ((message[4] as number) & CallFlag.Claimable) !== 0;
}

/** How many blocks of its frame a message owns: its last element, if it has that many. */
export function blockCount(message: Message): number {
  switch (message[0]) {
    case ToWorker.Call:
      return (message[7] as number | undefined) ?? 0;
    case ToWorker.Define:
      return (message[2] as number | undefined) ?? 0;
    case ToWorker.Initialize:
    case ToWorker.Run:
      return (message[4] as number | undefined) ?? 0;
    case ToWorker.Setup:
      return (message[3] as number | undefined) ?? 0;
    default:
      return 0;
  }
}
