import { addressKey, type Address } from '../address';
import { RemoteHome } from './remote_home';

/** The servers that this thread knows, by address and key. */
const homes = new Map<string, RemoteHome>();

const keyOf = (address: Address, authkey: string): string => `${authkey} ${addressKey(address)}`;

/** @param authkey - in hex. */
export function homeAt(address: Address, authkey: string): RemoteHome {
  const key = keyOf(address, authkey);
  let home = homes.get(key);
  if (home === undefined) {
    home = new RemoteHome(address, authkey, () => {
      if (homes.get(key) === home) homes.delete(key);
    });
    homes.set(key, home);
  }
  return home;
}
