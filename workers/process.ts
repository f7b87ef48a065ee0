import { becomeProcess } from './process_identity';
import { ProcessPort } from './process_port';
import { Server } from './serve';
import { printAtOnce } from './stdio';

/** The entry of a worker process: see {@link file://./serve.ts}. */
printAtOnce();
const port = new ProcessPort();
const server = new Server(port, port.claims, port.journal, becomeProcess);
port.serve(server);
