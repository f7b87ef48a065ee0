import { workerData } from 'node:worker_threads';
import type { ThreadStart } from '../lib/wire/thread_frame';
import { adoptCommon } from '../lib/util/common_memory';
import { adoptFamily } from '../lib/util/family_file';
import { shareCounters } from '../lib/util/process_counter';
import { adoptEnding } from '../lib/util/uninterrupted';
import { Server } from './serve';
import { becomeThread } from './thread_identity';
import { ThreadPort } from './thread_port';
import { printAtOnce, tellUncaught } from './thread_stdio';

/** The entry of a worker thread: see {@link file://./serve.ts}. */
const { port: channel, memory, counters, family, common, ending } = workerData as ThreadStart;
printAtOnce();
adoptEnding(ending);
shareCounters(counters);
if (family !== null) adoptFamily(family.fd, family.notes);
adoptCommon(common);
const port = new ThreadPort(channel, memory);
tellUncaught(() => {
  port.memory.tell();
});
const server = new Server(port, port.memory.claims, port.memory.journal, becomeThread);
port.serve(server);
