'use strict';

/** The least that a child can do: say that it is there, on the pipe it was given, and wait. */
const { writeSync } = require('node:fs');

writeSync(3, 'ready');
if (process.argv[2] !== 'once') {
  const { Socket } = require('node:net');
  const parent = new Socket({ fd: 3 });
  parent.on('end', () => process.exit(0));
  parent.resume();
}
