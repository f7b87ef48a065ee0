const addresses = new WeakMap<object, string>();
let next = 0x7f00_0000_0000;

/** What stands for an object's place in Python's texts: `0x7f0000000040`. Of its own for each, and always the same. */
export function addressOf(object: object): string {
  let address = addresses.get(object);
  if (address === undefined) {
    next += 0x40;
    address = `0x${next.toString(16)}`;
    addresses.set(object, address);
  }
  return address;
}
