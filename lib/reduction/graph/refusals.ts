import { types } from 'node:util';
import { isDetached } from '../transfer';
import { Hint, refuse, type Trail } from './trail';

/** @throws PicklingError for what belongs to this process by its nature, or is no longer there. */
export function refuseSpecial(value: object, trail: Trail | null, sharesMemory: boolean): void {
  if (types.isPromise(value)) refuse('a Promise cannot be sent', trail, Hint.Promise);
  if (types.isGeneratorObject(value)) refuse('a running generator cannot be sent', trail, Hint.Generator);
  if (types.isMapIterator(value) || types.isSetIterator(value)) {
    refuse('an iterator of a Map or Set cannot be sent', trail, 'send what it yields');
  }
  if (types.isExternal(value)) refuse('a native handle cannot be sent', trail, Hint.Handle);
  if (types.isSharedArrayBuffer(value) && !sharesMemory)
    refuse('a SharedArrayBuffer cannot be sent to another process', trail, Hint.Shared);
  if (types.isArrayBuffer(value) && isDetached(value))
    refuse('a detached ArrayBuffer cannot be sent', trail, Hint.Detached);
  const tag = builtinTag(value);
  if (tag === 'WeakRef' || tag === 'FinalizationRegistry') refuse(`a ${tag} cannot be sent`, trail);
}

/** Which of the two opaque classes a thing is of; its own `Symbol.toStringTag` may be a getter, so the chain tells. */
function builtinTag(value: object): string | null {
  for (
    let proto: unknown = Object.getPrototypeOf(value);
    proto !== null;
    proto = Object.getPrototypeOf(proto)
  ) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
    if (
      typeof constructor === 'function' &&
      (constructor.name === 'WeakRef' || constructor.name === 'FinalizationRegistry')
    ) {
      return Function.prototype.toString.call(constructor).includes('[native code]')
        ? constructor.name
        : null;
    }
  }
  return null;
}
