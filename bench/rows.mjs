/**
 * What is measured, and what it should come to. `against` names the column that the target compares with: `peers` is
 * the fastest of the Node pools at their default settings. `times` faster at least, or `within` so many times its figure.
 */

const ALL = ['ours', 'cpython', 'piscina', 'piscina-16', 'tinypool', 'workerpool'];
const BOTH = ['ours', 'cpython'];
const THREADS = ['ours', 'cpython', 'piscina', 'piscina-16', 'tinypool-threads', 'workerpool-threads'];

export const rows = [
  {
    name: 'apply_async',
    title: '20,000 tiny `apply_async`',
    columns: ALL,
    targets: [
      { against: 'cpython', times: 10 },
      { against: 'peers', times: 5 },
    ],
  },
  { name: 'closure-same-let', title: '… of one function that reads a `let`', columns: ['ours'] },
  { name: 'closure-moving-let', title: '… whose `let` changes before each call', columns: ['ours'] },
  { name: 'closure-let', title: '… of a fresh function each that reads a `let`', columns: ['ours'] },
  { name: 'closure-fresh', title: '… of a fresh closure over its own variable each', columns: ['ours'] },
  {
    name: 'imap',
    title: '20,000 `imap`, chunksize 1',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 8 }],
  },
  {
    name: 'imap_unordered',
    title: '20,000 `imap_unordered`, chunksize 1',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 8 }],
  },
  {
    name: 'map-20k',
    title: '`map` of 20,000 numbers',
    columns: BOTH,
    rounds: 9,
    targets: [{ against: 'cpython', times: 1 }],
  },
  {
    name: 'map-1m',
    title: '`map` of 1,000,000 numbers',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 5 }],
  },
  {
    name: 'apply',
    title: '1,000 `apply`, one after the other',
    columns: ALL,
    targets: [{ against: 'cpython', times: 3 }],
  },
  {
    name: 'buffers-there',
    title: '100 × 1 MiB there',
    columns: ALL,
    targets: [{ against: 'cpython', times: 2 }],
  },
  {
    name: 'buffers-back',
    title: '100 × 1 MiB there and back',
    columns: ALL,
    targets: [{ against: 'cpython', times: 2 }],
  },
  {
    name: 'start',
    title: 'start and first `map`, 2 workers',
    columns: ['ours', 'cpython-spawn', 'bare', 'piscina', 'tinypool', 'workerpool'],
    rounds: 7,
    targets: [
      { against: 'bare', within: 1.15 },
      { against: 'cpython-spawn', times: 1 },
    ],
  },
  {
    name: 'recycle',
    title: '200 tasks, `maxtasksperchild=1`',
    columns: ['ours', 'cpython', 'bare'],
    rounds: 1,
    targets: [{ against: 'bare', within: 1.2 }],
  },
  {
    name: 'memory-rss',
    title: 'an idle worker, resident',
    unit: 'MiB',
    columns: ['ours', 'cpython', 'cpython-spawn', 'bare'],
    rounds: 1,
    targets: [{ against: 'bare', within: 1.1 }],
  },
  {
    name: 'memory-pss',
    title: 'an idle worker, its share (PSS)',
    unit: 'MiB',
    columns: ['ours', 'cpython', 'cpython-spawn', 'bare'],
    rounds: 1,
    targets: [{ against: 'bare', within: 1.1 }],
  },
  {
    name: 'submit',
    title: '20,000 tiny `submit` to a `ProcessPoolExecutor`',
    suite: 'executors',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 15 }],
  },
  {
    name: 'executor-map',
    title: '`ProcessPoolExecutor.map` of 20,000, chunksize 100',
    suite: 'executors',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 1 }],
  },
  {
    name: 'executor-start',
    title: '`ProcessPoolExecutor`: start and first results of 2',
    suite: 'executors',
    columns: ['ours', 'cpython', 'cpython-spawn'],
    rounds: 7,
  },
  {
    name: 'threads-apply_async',
    title: '20,000 tiny `apply_async` to a `ThreadPool`',
    suite: 'executors',
    columns: THREADS,
    targets: [{ against: 'peers', times: 5 }],
  },
  {
    name: 'threads-submit',
    title: '20,000 tiny `submit` to a `ThreadPoolExecutor`',
    suite: 'executors',
    columns: BOTH,
  },
  {
    name: 'threads-map',
    title: '`ThreadPool.map` of 20,000 numbers',
    suite: 'executors',
    columns: BOTH,
    rounds: 9,
  },
  {
    name: 'threads-apply',
    title: '1,000 `apply` to a `ThreadPool`, one after the other',
    suite: 'executors',
    columns: THREADS,
  },
  {
    name: 'threads-buffers-there',
    title: '100 × 1 MiB to threads',
    suite: 'executors',
    columns: THREADS,
  },
  {
    name: 'threads-buffers-back',
    title: '100 × 1 MiB to threads and back',
    suite: 'executors',
    columns: THREADS,
  },
  {
    name: 'threads-start',
    title: '`ThreadPoolExecutor`: start and first results of 2',
    suite: 'executors',
    columns: ['ours', 'cpython', 'bare', 'piscina', 'tinypool-threads', 'workerpool-threads'],
    rounds: 7,
  },
  {
    name: 'lock-alone',
    title: '100,000 locked increments by one process',
    suite: 'sync',
    columns: BOTH,
    targets: [{ against: 'cpython', within: 2 }],
  },
  {
    name: 'lock-4',
    title: '100,000 locked increments by 4 processes at once',
    suite: 'sync',
    columns: BOTH,
    targets: [{ against: 'cpython', within: 2 }],
  },
  {
    name: 'barrier',
    title: '1,000 passes of a `Barrier` by 4 processes',
    suite: 'sync',
    columns: BOTH,
  },
  {
    name: 'event-ping-pong',
    title: '1,000 times there and back by two `Event`s',
    suite: 'sync',
    columns: BOTH,
  },
  {
    name: 'pipe-round-trip',
    title: '5,000 round trips of a number through a `Pipe`',
    suite: 'pipes',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 1 }],
  },
  {
    name: 'pipe-64',
    title: '50,000 × 64 B through a `Pipe`',
    suite: 'pipes',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 1 }],
  },
  {
    name: 'pipe-4k',
    title: '20,000 × 4 KiB through a `Pipe`',
    suite: 'pipes',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 1 }],
  },
  {
    name: 'pipe-1m',
    title: '200 × 1 MiB through a `Pipe`',
    suite: 'pipes',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 1 }],
  },
  {
    name: 'manager-call',
    title: '5,000 calls of a method through a manager',
    suite: 'managers',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 1 }],
  },
  {
    name: 'manager-queue-64',
    title: "2,000 × 64 B put into a manager's `Queue` and taken out",
    suite: 'managers',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 1 }],
  },
  {
    name: 'manager-queue-1m',
    title: "100 × 1 MiB put into a manager's `Queue` and taken out",
    suite: 'managers',
    columns: BOTH,
    targets: [{ against: 'cpython', times: 1 }],
  },
];

export const titles = {
  ours: 'this package',
  cpython: 'CPython (fork)',
  'cpython-spawn': 'CPython (spawn)',
  bare: 'bare `node`',
  piscina: 'piscina',
  'piscina-16': 'piscina, 16 at a time',
  tinypool: 'tinypool',
  workerpool: 'workerpool',
  'tinypool-threads': 'tinypool',
  'workerpool-threads': 'workerpool',
};

/** The peers as their users meet them; piscina's threads run one task at a time there. */
export const peers = ['piscina', 'tinypool', 'workerpool', 'tinypool-threads', 'workerpool-threads'];
