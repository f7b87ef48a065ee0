/** The global object of the realm that a function was made in. */
export function realmOf(f: Function): object {
  try {
    // Up to Function.prototype, the last but one of every function's chain.
    let proto = Object.getPrototypeOf(f) as object;
    for (let up = parentOf(proto); up !== null && parentOf(up) !== null; up = parentOf(proto)) proto = up;
    const make = proto.constructor as (body: string) => () => unknown;
    const realm = make('return globalThis')();
    return typeof realm === 'object' && realm !== null && !('then' in realm) ? realm : globalThis;
  } catch {
    return globalThis;
  }
}

const parentOf = (object: object): object | null => Object.getPrototypeOf(object) as object | null;
