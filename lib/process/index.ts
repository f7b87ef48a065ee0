/** `Process` and what is around it. */
export type { BaseProcess } from './base_process';
export { active_children, current_process, freeze_support, parent_process } from './current';
export type { ProcessHandle } from './current';
export { Process, SpawnProcess, ThreadProcess } from './process';
export type { ProcessKeywords, ProcessOptions } from './types';
