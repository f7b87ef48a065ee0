'use strict';

const { readFileSync, readdirSync } = require('node:fs');
const { TestEnvironment } = require('jest-environment-node');

/** How long a test file's children have to be gone after its last hook. */
const GRACE_MS = 20_000;

/** What a pool, a process or a thread holds open while it keeps the event loop alive. */
const WATCHED = new Set([
  'ProcessWrap',
  'PipeWrap',
  'PipeServerWrap',
  'MessagePort',
  'Worker',
  'TCPSocketWrap',
  'TCPServerWrap',
]);

/** The pids of this process's children; none where there is no /proc. */
function children() {
  let entries;
  try {
    entries = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
  const own = String(process.pid);
  return entries.filter((pid) => stat(pid)[1] === own).map(Number);
}

/** What follows the command in /proc/<pid>/stat: state, parent, ... */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(') ') + 2).split(' ');
  } catch {
    return [];
  }
}

function describe(pid) {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return `child ${pid} (${stat(pid)[0]}) ${command}`;
  } catch {
    return `child ${pid}`;
  }
}

function handles() {
  const counts = new Map();
  for (const kind of process.getActiveResourcesInfo()) {
    if (WATCHED.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/**
 * Fails a test file that leaves children or open handles behind, after all its hooks have run. What was there
 * before the file (jest's own workers) does not count.
 */
module.exports = class LeakCheckEnvironment extends TestEnvironment {
  #children = new Set();
  #handles = new Map();
  #timeout;

  constructor(config, context) {
    super(config, context);
    this.#timeout = config.projectConfig.testEnvironmentOptions.timeout;
  }

  async setup() {
    await super.setup();
    this.#children = new Set(children());
    this.#handles = handles();
  }

  async handleTestEvent(event, state) {
    if (event.name === 'setup') state.testTimeout = this.#timeout;
    if (event.name !== 'run_finish') return;
    const deadline = Date.now() + GRACE_MS;
    let left = this.#left();
    while (left.pids.length + left.handles.length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      left = this.#left();
    }
    const lines = [...left.pids.map(describe), ...left.handles];
    if (lines.length === 0) return;
    for (const pid of left.pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone since we looked.
      }
    }
    const error = new Error(`this test file left behind:\n  ${lines.join('\n  ')}`);
    error.stack = error.message;
    state.unhandledErrors.push(error);
  }

  #left() {
    const open = [];
    for (const [kind, count] of handles()) {
      const before = this.#handles.get(kind) ?? 0;
      if (count > before) open.push(`${count - before} open ${kind}`);
    }
    return { pids: children().filter((pid) => !this.#children.has(pid)), handles: open };
  }
};
