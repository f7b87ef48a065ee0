import type { Encoded } from '../reduction/types';
import { processIdentity } from './process_identity';

export const threadIdentity = (name: string): Encoded => processIdentity(name, false);
