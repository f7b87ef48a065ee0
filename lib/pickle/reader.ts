import { Buffer } from 'node:buffer';
import { EOFError, UnpicklingError } from '../errors';
import { ValueError } from '../util/exceptions';
import type { Globals } from './globals';
import { Input } from './input';
import { addItem, distinctItems, setItem } from './keys';
import { ascii, escapedOf, floatOf, indexOf, intOrBool, longOf, quotedOf } from './lines';
import { Memo } from './memo';
import { Stack } from './stack';
import type { Rebuilder } from './types';
import { asTuple, ByteArray, FrozenSet, Tuple } from './values';

/** The newest that there is. */
const HIGHEST_PROTOCOL = 5;

/**
 * Reads one pickle. It goes through the bytes once, from front to back; nothing in it calls itself, so no depth is too
 * deep, and nothing is made that is larger than the bytes that it is made of.
 *
 * The opcodes are Python's (`pickletools` explains each), and so are the messages where it has them.
 */
export class Reader {
  readonly #input: Input;
  readonly #globals: Globals;
  readonly #memo: Memo;
  readonly #stack = new Stack();
  #protocol = 0;
  /** How many more objects may be made. */
  #left: number;
  /** Who gives the objects that were rebuilt here their state. */
  #rebuilt: Map<unknown, Rebuilder> | null = null;

  constructor(bytes: Buffer, globals: Globals, most: number) {
    this.#input = new Input(bytes);
    this.#globals = globals;
    this.#left = most;
    this.#memo = new Memo(bytes.length);
  }

  /** @throws UnpicklingError, EOFError and what Python throws besides. */
  read(): unknown {
    const input = this.#input;
    const stack = this.#stack;
    const memo = this.#memo;
    for (;;) {
      if (input.at >= input.end) throw new EOFError('Ran out of input');
      const opcode = input.bytes[input.at++] as number;
      switch (opcode) {
        case 0x2e: // STOP
          return stack.pop();
        case 0x80: // PROTO
          this.#protocol = input.uint8();
          if (this.#protocol > HIGHEST_PROTOCOL) {
            throw new ValueError(`unsupported pickle protocol: ${this.#protocol}`);
          }
          break;
        case 0x95: // FRAME: all of it is here anyway
          input.check(input.uint64());
          break;

        case 0x94: // MEMOIZE
          memo.add(stack.peek());
          break;
        case 0x71: // BINPUT
          memo.put(input.uint8(), stack.peek());
          break;
        case 0x72: // LONG_BINPUT
          memo.put(input.uint32(), stack.peek());
          break;
        case 0x70: // PUT
          memo.put(indexOf(input.line()), stack.peek());
          break;
        case 0x68: // BINGET
          stack.push(memo.get(input.uint8()));
          break;
        case 0x6a: // LONG_BINGET
          stack.push(memo.get(input.uint32()));
          break;
        case 0x67: // GET
          stack.push(memo.get(indexOf(input.line())));
          break;

        case 0x28: // MARK
          this.#spend();
          stack.mark();
          break;
        case 0x30: // POP
          stack.drop();
          break;
        case 0x31: // POP_MARK
          stack.popMark();
          break;
        case 0x32: // DUP
          stack.push(stack.peek());
          break;

        case 0x4e: // NONE
          stack.push(null);
          break;
        case 0x88: // NEWTRUE
          stack.push(true);
          break;
        case 0x89: // NEWFALSE
          stack.push(false);
          break;
        case 0x4b: // BININT1
          stack.push(input.uint8());
          break;
        case 0x4d: // BININT2
          stack.push(input.uint16());
          break;
        case 0x4a: // BININT
          stack.push(input.int32());
          break;
        case 0x8a: // LONG1
          stack.push(input.integer(input.uint8()));
          break;
        case 0x8b: // LONG4
          stack.push(input.integer(input.signedLength()));
          break;
        case 0x47: // BINFLOAT
          stack.push(input.float64());
          break;

        case 0x8c: // SHORT_BINUNICODE
          stack.push(input.text(input.uint8()));
          break;
        case 0x58: // BINUNICODE
          stack.push(input.text(input.uint32()));
          break;
        case 0x8d: // BINUNICODE8
          stack.push(input.text(input.uint64()));
          break;
        case 0x43: // SHORT_BINBYTES
          stack.push(this.#copy(input.uint8()));
          break;
        case 0x42: // BINBYTES
          stack.push(this.#copy(input.uint32()));
          break;
        case 0x8e: // BINBYTES8
          stack.push(this.#copy(input.uint64()));
          break;
        case 0x96: // BYTEARRAY8
          stack.push(new ByteArray(input.slice(input.uint64())));
          break;

        case 0x29: // EMPTY_TUPLE
          this.#spend();
          stack.push(asTuple([]));
          break;
        case 0x85: // TUPLE1
        case 0x86: // TUPLE2
        case 0x87: // TUPLE3
          this.#spend();
          stack.tuple(opcode - 0x84);
          break;
        case 0x74: // TUPLE
          stack.push(asTuple(stack.popMark()));
          break;
        case 0x5d: // EMPTY_LIST
          this.#spend();
          stack.push([]);
          break;
        case 0x6c: // LIST
          stack.push(stack.popMark());
          break;
        case 0x61: {
          // APPEND
          const item = stack.pop();
          this.#list().push(item);
          break;
        }
        case 0x65: {
          // APPENDS
          const items = stack.popMark();
          const list = this.#list();
          for (let i = 0; i < items.length; i++) list.push(items[i]);
          break;
        }
        case 0x7d: // EMPTY_DICT
          this.#spend();
          stack.push(new Map());
          break;
        case 0x64: {
          // DICT
          const items = stack.popMark();
          stack.push(new Map());
          this.#setItems(items, 'DICT');
          break;
        }
        case 0x73: {
          // SETITEM
          const value = stack.pop();
          const key = stack.pop();
          setItem(this.#dict(), key, value);
          break;
        }
        case 0x75: // SETITEMS
          this.#setItems(stack.popMark(), 'SETITEMS');
          break;
        case 0x8f: // EMPTY_SET
          this.#spend();
          stack.push(new Set());
          break;
        case 0x90: // ADDITEMS
          this.#addItems(stack.popMark());
          break;
        case 0x91: // FROZENSET
          stack.push(new FrozenSet(distinctItems(stack.popMark())));
          break;

        case 0x93: {
          // STACK_GLOBAL
          const name = stack.pop();
          const module = stack.pop();
          if (typeof name !== 'string' || typeof module !== 'string') {
            throw new UnpicklingError('STACK_GLOBAL requires str');
          }
          stack.push(this.#globals.find(module, name, this.#protocol));
          break;
        }
        case 0x63: // GLOBAL
          stack.push(this.#named());
          break;
        case 0x52: {
          // REDUCE
          const args = stack.pop();
          this.#make(stack.pop(), args, null);
          break;
        }
        case 0x81: {
          // NEWOBJ
          const args = stack.pop();
          this.#make(stack.pop(), args, null);
          break;
        }
        case 0x92: {
          // NEWOBJ_EX
          const kwds = stack.pop();
          const args = stack.pop();
          if (!(kwds instanceof Map)) throw new UnpicklingError('NEWOBJ_EX kwargs must be a dict');
          this.#make(stack.pop(), args, kwds.size === 0 ? null : kwds);
          break;
        }
        case 0x69: {
          // INST
          const args = asTuple(stack.popMark());
          this.#make(this.#named(), args, null);
          break;
        }
        case 0x6f: {
          // OBJ
          const [of, ...args] = stack.popMark();
          this.#make(of, asTuple(args), null);
          break;
        }
        case 0x62: {
          // BUILD
          const state = stack.pop();
          this.#giveState(stack.peek(), state);
          break;
        }
        default:
          this.#old(opcode);
      }
    }
  }

  /** What only old or special writers use. */
  #old(opcode: number): void {
    const input = this.#input;
    const stack = this.#stack;
    switch (opcode) {
      case 0x49: // INT
        return stack.push(intOrBool(input.line()));
      case 0x4c: // LONG
        return stack.push(longOf(input.line()));
      case 0x46: // FLOAT
        return stack.push(floatOf(input.line()));
      case 0x56: // UNICODE
        return stack.push(escapedOf(input.line()));
      case 0x53: // STRING
        return stack.push(quotedOf(input.line()));
      case 0x54: // BINSTRING
        return stack.push(ascii(input.latin1(input.uint32())));
      case 0x55: // SHORT_BINSTRING
        return stack.push(ascii(input.latin1(input.uint8())));
      case 0x50: // PERSID
      case 0x51: // BINPERSID
        throw new UnpicklingError(
          'A load persistent id instruction was encountered, but no persistent_load function was specified.',
        );
      case 0x82: // EXT1
      case 0x83: // EXT2
      case 0x84: // EXT4
        throw new ValueError('unregistered extension code');
      case 0x97: // NEXT_BUFFER
      case 0x98: // READONLY_BUFFER
        throw new UnpicklingError(
          'pickle stream refers to out-of-band data but no *buffers* argument was given',
        );
      default:
        throw new UnpicklingError(`invalid load key, '${shown(opcode)}'.`);
    }
  }

  #copy(length: number): Buffer {
    this.#spend();
    return Buffer.from(this.#input.slice(length));
  }

  #spend(): void {
    if (--this.#left < 0) throw new UnpicklingError('the pickle makes too many objects');
  }

  #list(): unknown[] {
    const list = this.#stack.peek();
    if (Array.isArray(list) && !(list instanceof Tuple)) return list;
    throw new UnpicklingError('what is appended to is no list');
  }

  #dict(): Map<unknown, unknown> {
    const dict = this.#stack.peek();
    if (dict instanceof Map) return dict;
    throw new UnpicklingError('what gets items is no dict');
  }

  #setItems(items: readonly unknown[], what: string): void {
    if (items.length % 2 === 1) throw new UnpicklingError(`odd number of items for ${what}`);
    const dict = this.#dict();
    for (let i = 0; i < items.length; i += 2) setItem(dict, items[i], items[i + 1]);
  }

  #addItems(items: readonly unknown[]): void {
    const set = this.#stack.peek();
    if (!(set instanceof Set) || set instanceof FrozenSet) {
      throw new UnpicklingError('what is added to is no set');
    }
    for (let i = 0; i < items.length; i++) addItem(set, items[i]);
  }

  #named(): unknown {
    const module = this.#input.utf8Line();
    return this.#globals.find(module, this.#input.utf8Line(), this.#protocol);
  }

  #make(of: unknown, args: unknown, kwds: ReadonlyMap<unknown, unknown> | null): void {
    this.#spend();
    const rebuilder = this.#globals.rebuilder(of);
    if (!(args instanceof Tuple)) throw new UnpicklingError('the arguments of a call are no tuple');
    const made = rebuilder.make(args, kwds) ?? null;
    if (rebuilder.set_state !== undefined) (this.#rebuilt ??= new Map()).set(made, rebuilder);
    this.#stack.push(made);
  }

  #giveState(made: unknown, state: unknown): void {
    const set_state = this.#rebuilt?.get(made)?.set_state;
    if (set_state === undefined) throw new UnpicklingError('an object has a state that it cannot be given');
    set_state(made, state);
  }
}

function shown(opcode: number): string {
  const char = String.fromCharCode(opcode);
  const isShown = opcode >= 0x20 && opcode <= 0x7e && char !== "'" && char !== '\\';
  return isShown ? char : `\\x${opcode.toString(16).padStart(2, '0')}`;
}
