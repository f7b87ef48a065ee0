import { givenSourceMap, type ScriptMap } from '../util/source_maps';
import { recordOf } from './functions/record';
import { thingOf } from './graph/heap';
import type { NeedsList } from './graph/needs';
import type { Needs } from './types';

/** The source maps of the scripts that functions among `needs` are from: where they run, nobody else has them. */
export function sourceMapsOf(needs: Needs | null): ScriptMap[] {
  if (needs === null) return [];
  const maps = new Map<string, string>();
  for (const { uid } of (needs as NeedsList).entities) {
    const thing = thingOf(uid);
    const script = typeof thing === 'function' ? recordOf(thing)?.script : undefined;
    if (script === undefined || script.url === '') continue;
    const url = script.url.startsWith('/') ? `file://${script.url}` : script.url;
    if (maps.has(url)) continue;
    const map = givenSourceMap(url) ?? script.sourceMapURL;
    if (map !== '') maps.set(url, map);
  }
  return [...maps];
}
