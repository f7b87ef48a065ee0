'use strict';

/** What piscina and tinypool run: a worker file, which they need and we do not. */
module.exports = (x) => x * x;
module.exports.echo = (data) => data;
module.exports.size = (data) => data.byteLength;
