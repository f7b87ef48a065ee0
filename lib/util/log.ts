import { getCurrentProcess } from './current';

/**
 * Where every layer says what it does. Silent until someone listens: `lib/logging.ts` is the public face, this is
 * all that lower layers and workers import.
 */

/** Python's levels, with the two of `multiprocessing`'s own. */
export const LogLevel = {
  NOTSET: 0,
  SUBDEBUG: 5,
  DEBUG: 10,
  INFO: 20,
  SUBWARNING: 25,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** One thing that was said. */
export interface LogRecord {
  readonly level: number;
  /** `INFO`; `Level 15` where the level has no name. */
  readonly levelname: string;
  readonly message: string;
  /** `MainProcess`, `SpawnPoolWorker-1` … */
  readonly processName: string;
  /** When: seconds since 1970. */
  readonly created: number;
}

export type LogHandler = (record: LogRecord) => void;

/** What a worker takes over from the process that starts it. */
export interface LogSettings {
  readonly level: number;
  readonly stderr: boolean;
}

/** With no level set, Python's root logger decides: warnings and worse. */
const DEFAULT_LEVEL: number = LogLevel.WARNING;

const names = new Map<number, string>(Object.entries(LogLevel).map(([name, level]) => [level, name]));
const handlers = new Set<LogHandler>();
let threshold: number = LogLevel.NOTSET;

export function setThreshold(level: number): void {
  threshold = level;
}

export function getThreshold(): number {
  return threshold;
}

/** The level from which on something is said. */
export function effectiveLevel(): number {
  return threshold === LogLevel.NOTSET ? DEFAULT_LEVEL : threshold;
}

/** Is anyone listening to this level? What costs something to describe is asked first. */
export function enabled(level: number): boolean {
  return handlers.size > 0 && level >= effectiveLevel();
}

export function addHandler(handler: LogHandler): void {
  handlers.add(handler);
}

export function removeHandler(handler: LogHandler): void {
  handlers.delete(handler);
}

export function log(level: number, message: string): void {
  if (!enabled(level)) return;
  const record: LogRecord = {
    level,
    levelname: levelName(level),
    message,
    processName: getCurrentProcess().name,
    created: Date.now() / 1000,
  };
  for (const handler of handlers) handler(record);
}

/** Says what must not go unheard: to stderr when nobody listens, as Python's handler of last resort does. */
export function report(level: number, message: string): void {
  if (handlers.size > 0) log(level, message);
  else process.stderr.write(`${message}\n`);
}

export function sub_debug(message: string): void {
  log(LogLevel.SUBDEBUG, message);
}

export function debug(message: string): void {
  log(LogLevel.DEBUG, message);
}

export function info(message: string): void {
  log(LogLevel.INFO, message);
}

export function sub_warning(message: string): void {
  log(LogLevel.SUBWARNING, message);
}

/** Python's `getLevelName`. */
export function levelName(level: number): string {
  return names.get(level) ?? `Level ${level}`;
}

/** `[INFO/MainProcess] message`: the line of `log_to_stderr`. */
export function writeToStderr(record: LogRecord): void {
  process.stderr.write(`[${record.levelname}/${record.processName}] ${record.message}\n`);
}

/** What a worker is to be told; `null` while nobody asked for a log. */
export function logSettings(): LogSettings | null {
  const stderr = handlers.has(writeToStderr);
  return stderr || threshold !== LogLevel.NOTSET ? { level: threshold, stderr } : null;
}

/** In a worker: the settings of the process that started it. */
export function adoptLogSettings(settings: LogSettings): void {
  threshold = settings.level;
  if (settings.stderr) handlers.add(writeToStderr);
}
