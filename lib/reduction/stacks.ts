import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptsByUrl, type Script } from './functions/scripts';
import { PACKED, packageRoot } from './functions/exports';

/**
 * Stack traces of workers in terms of the user's files. Shipped code keeps the
 * places that it has in the parent's compiled scripts; their source maps lead
 * from there to what the user wrote.
 */

const PLACE =
  /(?<place>(?<file>(?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^\s()]*?):(?<line>\d+):(?<column>\d+))(?=\)?$)/;

/** Maps every frame that has a source map, and ends the text with the user's last frame. */
export function mapStack(text: string): string {
  const lines = text.split('\n').map((line) => (/^\s+at /.test(line) ? mapFrame(line) : line));
  let end = lines.length;
  while (end > 1 && isOurs(lines[end - 1] as string)) end--;
  // Without a frame of the user's, all of them tell more than none.
  const isEmpty = !lines.slice(0, end).some((line) => /^\s+at /.test(line));
  return isEmpty ? lines.join('\n') : lines.slice(0, end).join('\n');
}

function isOurs(line: string): boolean {
  if (!/^\s+at /.test(line)) return false;
  const text = line.replaceAll('file://', '');
  return (
    /\(?node:[\w/]+:\d+/.test(text) ||
    OUR_FOLDERS.some((folder) => text.includes(folder)) ||
    [`(${PACKED}`, `at ${PACKED}`].some((start) => text.includes(start)) ||
    /^\s+at (?:async )?<anonymous>$/.test(line)
  );
}

const OUR_FOLDERS = ['dist', 'lib', 'workers'].map((name) => packageRoot + sep + name + sep);

function mapFrame(line: string): string {
  const match = PLACE.exec(line);
  const { place, file, line: row, column } = (match?.groups ?? {}) as Record<string, string>;
  if (place === undefined || file === undefined) return line;
  const origin = originOf(file, Number(row), Number(column));
  return line.replace(place, origin ?? place.replace(/^file:\/\//, ''));
}

function originOf(file: string, line: number, column: number): string | null {
  const url = file.startsWith('file://') ? file : `file://${file}`;
  for (const script of scriptsByUrl(url)) {
    const entry = mapOf(script)?.findEntry(line - 1, column - 1);
    if (entry === undefined || !('originalSource' in entry)) continue;
    return `${absolute(entry.originalSource, script.url)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
  return null;
}

function absolute(source: string, base: string): string {
  try {
    const url = new URL(source, base);
    return url.protocol === 'file:' ? fileURLToPath(url) : source;
  } catch {
    return source;
  }
}

const maps = new Map<string, SourceMap | null>();

function mapOf(script: Script): SourceMap | null {
  let map = maps.get(script.id);
  if (map === undefined) {
    map = loadMap(script);
    maps.set(script.id, map);
  }
  return map;
}

function loadMap(script: Script): SourceMap | null {
  const url = script.sourceMapURL;
  if (url === '') return null;
  try {
    return new SourceMap(JSON.parse(textOf(url, script.url)) as SourceMapPayload);
  } catch {
    return null;
  }
}

function textOf(url: string, base: string): string {
  const data = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url);
  if (data !== null) {
    return data[1] === undefined
      ? decodeURIComponent(data[2] as string)
      : Buffer.from(data[2] as string, 'base64').toString();
  }
  return readFileSync(new URL(url, base.startsWith('file:') ? base : `file://${dirname(base)}/`), 'utf8');
}
