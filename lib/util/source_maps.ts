/**
 * The source maps of the scripts that this process was sent functions of. It has not compiled those scripts itself,
 * so it cannot look the maps up where they were made.
 */

/** The url of a script, and where its map is: a `data:` URL, or a file beside the script. */
export type ScriptMap = readonly [script: string, map: string];

const given = new Map<string, string>();

export function giveSourceMaps(maps: readonly ScriptMap[]): void {
  for (const [script, map] of maps) given.set(script, map);
}

export const givenSourceMap = (script: string): string | undefined => given.get(script);
