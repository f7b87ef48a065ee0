import type { Address } from './address';
import { addressText } from './address';
import { repr } from '../util/repr';

/** What names a shared object: its type, the server that holds it, and its name there. */
export class Token {
  readonly typeid: string;
  readonly address: Address;
  readonly id: string;

  constructor(typeid: string, address: Address, id: string) {
    this.typeid = typeid;
    this.address = address;
    this.id = id;
  }

  /** `Token(typeid='list', address='/tmp/…', id='7f0000000040')` */
  toString(): string {
    return `Token(typeid=${repr(this.typeid)}, address=${addressText(this.address)}, id=${repr(this.id)})`;
  }
}
