import { adoptFamily } from '../lib/util/family_file';
import { WorkerFd } from '../lib/wire/protocol';
import { becomeProcess } from './process_identity';
import { isFile, ProcessPort } from './process_port';
import { Server } from './serve';
import { printAtOnce } from './stdio';

/** The entry of a worker process: see {@link file://./serve.ts}. */
printAtOnce();
if (isFile(WorkerFd.Family)) adoptFamily(WorkerFd.Family);
const port = new ProcessPort();
const server = new Server(port, port.claims, port.journal, becomeProcess);
port.serve(server);
