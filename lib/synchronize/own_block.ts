import { Block } from '../native/arena';

/**
 * The block behind an object: a new one, or that of another process, which only the object's own `rebuild` gives.
 *
 * @throws TypeError for arguments of a class that takes none.
 */
export function ownBlock(name: string, args: readonly unknown[], bytes = 64): Block {
  const [block] = args;
  if (block instanceof Block) return block;
  if (args.length > 0) throw new TypeError(`${name}() takes no arguments (${args.length} given)`);
  return Block.make(bytes);
}
