import { networkInterfaces } from 'node:os';
import { ValueError } from '../errors';
import { repr } from '../util/repr';

/** Where a server listens: the path of a Unix socket, or host and port. */
export type Address = string | readonly [host: string, port: number];

export const isNetwork = (address: Address): address is readonly [string, number] =>
  typeof address !== 'string';

/** The same for the same address. */
export const addressKey = (address: Address): string => JSON.stringify(address);

/** As Python writes it: `('127.0.0.1', 5000)`. */
export const addressText = (address: Address): string =>
  isNetwork(address) ? `(${repr(address[0])}, ${address[1]})` : repr(address);

const ANYWHERE = new Set(['', '0.0.0.0', '::']);
const HERE = new Set(['localhost', '127.0.0.1', '::1']);

/** Is it that of no single interface: does a server there listen on all of them? */
export const isAnywhere = (address: Address): boolean => isNetwork(address) && ANYWHERE.has(address[0]);

/** Can only this machine connect to it? */
export const isLoopback = (address: Address): boolean =>
  !isNetwork(address) || HERE.has(address[0]) || /^127\.\d+\.\d+\.\d+$/.test(address[0]);

/**
 * An address as whoever connected to `reached` has to know it: a server that listens everywhere does not know by which
 * of its names others find it.
 */
export function addressFrom(reached: Address, told: Address): Address {
  if (!isNetwork(reached) || !isNetwork(told) || told[1] !== reached[1]) return told;
  return isAnywhere(told) ? reached : told;
}

/** Does this address lead to the server that listens at `own`? It has more than one name. */
export function isSameServer(own: Address, address: Address): boolean {
  if (addressKey(own) === addressKey(address)) return true;
  if (!isNetwork(own) || !isNetwork(address) || own[1] !== address[1]) return false;
  if (isAnywhere(own)) return isAnywhere(address) || isLoopback(address) || isOfThisMachine(address[0]);
  return isLoopback(own) && isLoopback(address);
}

const isOfThisMachine = (host: string): boolean =>
  Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === host) === true);

/** @throws ValueError for an address that other machines reach, without a key that somebody has chosen. */
export function checkExposure(address: Address | null, hasKey: boolean): void {
  if (address === null || hasKey || isLoopback(address)) return;
  throw new ValueError(
    `a manager at ${addressText(address)} can be reached from other machines: give it an authkey`,
  );
}
