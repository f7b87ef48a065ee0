'use strict';

/** The floor under every row: plain `node` children that answer on a pipe. `bare.cjs ROW ROUNDS`. */
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { Worker } = require('node:worker_threads');
const { childMemory, clock, main, pause } = require('./measure.cjs');

const launch = (...args) =>
  spawn(process.execPath, [join(__dirname, 'bare_child.cjs'), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });

const ready = (child) => once(child.stdio[3], 'data');

async function stop(children) {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => once(child, 'exit')));
}

async function start(count) {
  const figures = [];
  for (let i = 0; i <= count; i++) {
    let children;
    figures.push(
      await clock(async () => {
        children = [launch(), launch()];
        await Promise.all(children.map(ready));
      }),
    );
    await stop(children);
  }
  return figures.slice(1);
}

async function startThreads(count) {
  const figures = [];
  for (let i = 0; i <= count; i++) {
    let threads;
    figures.push(
      await clock(async () => {
        threads = [0, 1].map(() => new Worker(join(__dirname, 'bare_thread.cjs')));
        await Promise.all(threads.map((thread) => once(thread, 'message')));
      }),
    );
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return figures.slice(1);
}

/** 200 children, two at a time: each is started, answers and ends. */
async function recycle(count) {
  const figures = [];
  for (let round = 0; round < count; round++) {
    let left = 200;
    const lane = async () => {
      while (left-- > 0) {
        const child = launch('once');
        const exited = once(child, 'exit');
        await ready(child);
        await exited;
      }
    };
    figures.push(await clock(() => Promise.all([lane(), lane()])));
  }
  return figures;
}

const memory = (kind) => async (count) => {
  const children = [launch(), launch()];
  await Promise.all(children.map(ready));
  await pause(500);
  const figures = [];
  for (let i = 0; i < count; i++) figures.push(childMemory(kind));
  await stop(children);
  return figures;
};

main({
  start,
  'threads-start': startThreads,
  recycle,
  'memory-rss': memory('Rss'),
  'memory-pss': memory('Pss'),
});
