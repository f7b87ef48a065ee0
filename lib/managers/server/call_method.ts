import { AttributeError } from '../../errors';
import { isThenable } from '../../util/thenable';
import type { Address } from '../address';
import type { Caller } from '../caller';
import { Kind, type Reply, type Request } from '../messages';
import { Token } from '../token';
import { valueOf, type Objects, type Shared } from './objects';
import { tracebackOf } from './texts';

/** Calls a method of an object. Never rejects. At once where nothing has to be waited for. */
export function callMethod(
  objects: Objects,
  address: Address,
  caller: Caller | null,
  { ident, method, args, kwds }: Request,
): Promise<Reply> | Reply {
  let found: ReturnType<Objects['find']>;
  try {
    found = objects.find(ident, method);
  } catch (error) {
    return { kind: Kind.Traceback, value: refusal(error, method) };
  }
  const { shared, call } = found;
  try {
    const result = call(caller, args, kwds);
    if (isThenable(result)) return settle(objects, address, shared, method, result, caller);
    if (objects.typeOfResult(shared, method) === null) return { kind: Kind.Return, value: valueOf(result) };
    return settle(objects, address, shared, method, result, caller);
  } catch (error) {
    return { kind: Kind.Error, value: error };
  }
}

async function settle(
  objects: Objects,
  address: Address,
  shared: Shared,
  method: string,
  pending: unknown,
  caller: Caller | null,
): Promise<Reply> {
  let result: unknown;
  try {
    result = await pending;
  } catch (error) {
    return { kind: Kind.Error, value: error };
  }
  try {
    const outcome = await objects.outcome(shared, method, result, caller);
    if ('value' in outcome) return { kind: Kind.Return, value: outcome.value };
    const { typeid, created } = outcome;
    return { kind: Kind.Proxy, value: [created.exposed, new Token(typeid, address, created.id)] };
  } catch (error) {
    return { kind: Kind.Traceback, value: tracebackOf(error) };
  }
}

/** As Python tells that it has found neither a method nor a fallback. */
function refusal(error: unknown, method: string): string {
  if (!(error instanceof AttributeError)) return tracebackOf(error);
  return `${tracebackOf(error)}\nDuring handling of the above exception, another exception occurred:\n\nKeyError: '${method}'\n`;
}
