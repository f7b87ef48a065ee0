'use strict';

/** The least that a thread can be: it answers. */
require('node:worker_threads').parentPort.postMessage(0);
