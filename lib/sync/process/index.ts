import { checkBlocking } from '../../engine/blocking';

export type { BaseProcess } from './base_process';
export { active_children, current_process, parent_process } from './current';
export type { ProcessHandle } from './current';
export { Process, SpawnProcess, ThreadProcess } from './process';
export { freeze_support } from '../../process/current';
export type { ProcessKeywords, ProcessOptions } from '../../process/types';

checkBlocking();
