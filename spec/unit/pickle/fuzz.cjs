'use strict';

/** Pickles of somebody who means harm, or whose disk does. The same ones for the same seed. */

const OPCODES = Buffer.from(
  '(.012FIJKLMNPQRSTUVXabcdeghijlopqrst}]uGBC)\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f' +
    '\x90\x91\x92\x93\x94\x95\x96\x97\x98',
  'latin1',
);
/** What opcodes want to find behind them. */
const OPERANDS = [
  '',
  '\0',
  '\x01',
  '\xff\xff\xff\xff',
  '\x01\0\0\0\0\0\0\0',
  '1\n',
  'builtins\nset\n',
  '\x03abc',
].map((text) => Buffer.from(text, 'latin1'));

/** Numbers below `limit`. */
function randoms(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

function damaged(pickle, pick, corpus) {
  let bytes = Buffer.from(pickle);
  for (let times = 1 + pick(3); times > 0; times--) {
    const at = pick(bytes.length + 1);
    const to = Math.min(bytes.length, at + pick(8));
    switch (pick(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = pick(256);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = OPCODES[pick(OPCODES.length)];
        break;
      case 2:
        if (at < bytes.length) bytes[at] ^= 1 << pick(8);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      case 5:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.of(OPCODES[pick(OPCODES.length)]),
          bytes.subarray(at),
        ]);
        break;
      default: {
        const other = corpus[pick(corpus.length)];
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(pick(other.length))]);
      }
    }
  }
  return bytes;
}

/** Endless: bytes at random, opcodes at random, real pickles that are damaged or cut. */
function* inputs(seed, corpus) {
  const pick = randoms(seed);
  for (;;) {
    const real = corpus[pick(corpus.length)];
    switch (pick(5)) {
      case 0:
        yield Buffer.from(Array.from({ length: pick(64) }, () => pick(256)));
        break;
      case 1: {
        const parts = Array.from({ length: pick(40) }, () => [
          Buffer.of(OPCODES[pick(OPCODES.length)]),
          OPERANDS[pick(OPERANDS.length)],
        ]);
        yield Buffer.concat(parts.flat());
        break;
      }
      case 2:
        yield Buffer.from(real.subarray(0, pick(real.length + 1)));
        break;
      default:
        yield damaged(real, pick, corpus);
    }
  }
}

/** What reading and writing may throw; anything else is a mistake of ours. */
const MAY_READ = /^(UnpicklingError|EOFError|ValueError|UnicodeError)$/;
const MAY_WRITE = /^(PicklingError|RecursionError|ValueError)$/;
const MAY_SAY = /^(unhashable type: '[a-z.]+'|state is not a dictionary)$/;

/** Reads it, and writes what came of it. @returns the name of what it threw, or 'read'. */
function run(codec, input) {
  let value;
  try {
    value = codec.loads(input);
  } catch (error) {
    if (!MAY_READ.test(error.name) && !(error instanceof TypeError && MAY_SAY.test(error.message)))
      throw error;
    return error.name;
  }
  try {
    codec.loads(codec.dumps(value));
  } catch (error) {
    if (!MAY_WRITE.test(error.name) && !(error instanceof TypeError && MAY_SAY.test(error.message)))
      throw error;
  }
  return 'read';
}

module.exports = { damaged, inputs, randoms, run };
