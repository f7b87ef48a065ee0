'use strict';
// One task at a time, in order: what workers/serve.ts does, in a few lines.
const { join } = require('node:path');
const lib = process.env.MP_LIB ?? join(__dirname, '../../dist/lib');
const { Receiver } = require(join(lib, 'reduction/receiving.js'));
const { encodeResult } = require(join(lib, 'reduction/results.js'));
const { encodeThrown } = require(join(lib, 'reduction/errors.js'));
const receiver = new Receiver();
let chain = Promise.resolve();
const send = (id, ok, { codec, text, blocks }) => process.send({ id, ok, codec, text, blocks });
process.on('message', (m) => {
  chain = chain.then(async () => {
    try {
      for (const d of m.defs) receiver.define(JSON.parse(d.text), d.blocks);
      const args = receiver.decode(m.args.codec, JSON.parse(m.args.text), m.args.blocks);
      send(m.id, true, encodeResult(await receiver.function(m.f)(...args)));
    } catch (error) {
      send(m.id, false, encodeThrown(error));
    }
  });
});
