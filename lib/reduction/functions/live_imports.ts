import type { Script } from './inspector';

/** The variable of another module that an imported name stands for, if that is ever assigned. */
export function liveImportOf(_script: Script, _name: string): { readonly uid: number; readonly name: string } | null {
  return null;
}
