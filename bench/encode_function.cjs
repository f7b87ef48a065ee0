'use strict';
// What it costs to encode a function as the root of a call, and to pack what it needs for a worker.
const { encodeFunction, encodeList, Peer } = require('../dist/lib/reduction/sending.js');
const { join } = require('node:path');
let k = 3;
let changing = 0;
const fixed = 7;
const table = { a: { b: 1 }, list: [1, 2, 3] };
const helper = (x) => x + fixed;
class Thing {
  static n = 1;
  constructor() {
    this.v = 1;
  }
  get() {
    return this.v + Thing.n;
  }
}
const thing = new Thing();
const bump = () => {
  k++;
};
const measure = (label, n, f) => {
  const first = process.hrtime.bigint();
  f(0);
  const one = Number(process.hrtime.bigint() - first) / 1e3;
  f(1);
  f(2);
  f(3);
  const start = process.hrtime.bigint();
  for (let i = 4; i < n + 4; i++) f(i);
  const each = Number(process.hrtime.bigint() - start) / 1e3 / n;
  console.log(
    `${label.padEnd(48)} first ${one.toFixed(0).padStart(7)} us, then ${each.toFixed(2).padStart(8)} us`,
  );
};
const peer = new Peer();
const send = (f) => peer.pack(encodeFunction(f).needs);
measure('warm up', 100, () => send((x) => x));
const none = (x) => x * 2;
measure('names nothing', 20000, () => send(none));
const constant = (x) => helper(x) + join('a', 'b').length;
measure('constants, a helper, a builtin', 20000, () => send(constant));
const variable = (x) => x * k;
measure('a let', 20000, () => send(variable));
const both = (x) => x * k + changing;
measure('a let that changes each time', 2000, (i) => {
  changing = i;
  return send(both);
});
const data = () => table.a.b + table.list.length;
measure('a small object', 20000, () => send(data));
const instance = () => thing.get();
measure('an instance and its class', 20000, () => send(instance));
measure('a fresh closure', 1000, (i) => send((x) => x + i));
measure('a fresh closure that writes', 100, (i) => send(() => ++changing + i * 0));
measure('encodeList([1])', 20000, (i) => encodeList([i]));
measure('encodeList([{a,b}])', 20000, (i) => encodeList([{ a: i, b: 'x' }]));
measure('encodeList([instance])', 2000, () => encodeList([thing]));
module.exports = bump;
